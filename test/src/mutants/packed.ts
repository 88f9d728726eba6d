import { of, receiver, type Mutant } from './mutant.js';

/** Compressed bodies: what is taken, and how much comes out of it. */
export const packed: readonly Mutant[] = [
  ...of(
    `${receiver}/intake/unpack-body.js`,
    [`${receiver}/http/packed.test.js`, `${receiver}/http/limits.test.js`],
    [
      ['takes every coding', '!bodyEncodings.some((known) => known === coding)', 'false'],
      ['takes compressed bodies of scripts', 'maxBytes === null || ', ''],
      ['takes any announced length', 'plainLength > maxBytes', 'false'],
      ['takes a body without a length', 'plainLength === null', 'false'],
      ['goes on beyond the announced length', 'length > plainLength', 'false'],
      ['takes bombs', 'length > packedBytes() * mostTimes', 'false'],
      ['takes a body that ends early', 'length === plainLength ? null', 'true ? null'],
    ],
  ),
  ...of(
    `${receiver}/http/upload.js`,
    [`${receiver}/http/packed.test.js`],
    [['counts compressed bytes against the budget', 'packed?.plainLength ?? ', '']],
  ),
];
