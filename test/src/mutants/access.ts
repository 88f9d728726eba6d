import { core, of, receiver, type Mutant } from './mutant.js';

/** Who sent a request, and whether it came before. */
export const signature: readonly Mutant[] = [
  ...of(
    `${core}/wire/hmac.js`,
    [`${core}/wire/signature.test.js`, `${receiver}/http/access.test.js`],
    [
      ['takes every signature of the right length', ' && timingSafeEqual(expectedBytes, givenBytes)', ''],
      [
        'takes no signature at all',
        'expectedBytes.length === givenBytes.length && timing',
        'expectedBytes.length !== givenBytes.length && timing',
      ],
      [
        'knows the first secret only',
        'for (const secret of secrets) {',
        'for (const secret of secrets.slice(0, 1)) {',
      ],
      ['signs without the lines', "lines.join('\\n')", "''"],
    ],
  ),
  ...of(
    `${core}/wire/signature.js`,
    [`${core}/wire/signature.test.js`, `${receiver}/http/access.test.js`],
    [
      ['never looks whether a secret matched', 'if (secret === null)', 'if (false)'],
      ['takes what was addressed to another server', 'to !== request.self && !forAnyNode', 'false'],
      ['takes the address of nobody on every route', ' && request.route === routes.hello', ''],
      ['takes the address of nobody with every method', " && request.method === 'GET'", ''],
      ['takes every time', 'Math.abs(request.nowMs - timeMs) > maxSkewMs', 'false'],
      ['takes a time that is far ahead', 'Math.abs(request.nowMs - timeMs)', '(request.nowMs - timeMs)'],
      ['takes a time that is long gone', 'Math.abs(request.nowMs - timeMs)', '(timeMs - request.nowMs)'],
      ['signs no method', "'LOCKSTEP-REQUEST-V1', method,", "'LOCKSTEP-REQUEST-V1',"],
      [
        'signs no route',
        'method, route, node, to, time, nonce, digest];',
        'method, node, to, time, nonce, digest];',
      ],
      ['signs no sender', 'route, node, to, time, nonce, digest];', 'route, to, time, nonce, digest];'],
      ['signs no receiver', 'node, to, time, nonce, digest];', 'node, time, nonce, digest];'],
      ['signs no time', 'to, time, nonce, digest];', 'to, nonce, digest];'],
      ['signs no nonce', 'time, nonce, digest];', 'time, digest];'],
      ['signs no digest', 'nonce, digest];', 'nonce];'],
      ['takes a nonce of any length', '{16,64}$/u', '*$/u'],
    ],
  ),
  ...of(
    `${core}/wire/nonces.js`,
    [`${core}/wire/nonces.test.js`, `${receiver}/http/access.test.js`],
    [
      ['takes a nonce twice', 'if (known.seen.has(nonce))', 'if (false)'],
      ['forgets a nonce at once', 'known.seen.set(nonce, { arrivedMs: nowMs, timeMs });', ''],
      ['forgets nonces while they are valid', 'arrivedMs + keepMs < nowMs', 'arrivedMs < nowMs'],
      ['takes what came before it started', 'startMs - 1', '-Infinity'],
      [
        'raises no floor when it drops nonces for room',
        'known.floorMs = Math.max(known.floorMs, timeMs);',
        ';',
      ],
      [
        'raises no floor when it drops a peer',
        'commonFloorMs = Math.max(commonFloorMs, floorMs',
        'void (commonFloorMs, floorMs',
      ],
      ['locks every peer out when the clock is set back', ' && floorMs <= nowMs + maxSkewMs', ''],
    ],
  ),
  ...of(
    `${core}/wire/answer-signature.js`,
    [`${core}/wire/signature.test.js`],
    [
      ['signs answers without their status', "'LOCKSTEP-ANSWER-V1', status,", "'LOCKSTEP-ANSWER-V1',"],
      [
        'signs answers without the request',
        "'LOCKSTEP-ANSWER-V1', status, nonce,",
        "'LOCKSTEP-ANSWER-V1', status,",
      ],
      ['signs answers without their body', ', sha256(body)]', ']'],
      ['believes every answer', ' !== null;', ' !== undefined;'],
    ],
  ),
];

/** What a peer may do. */
export const access: readonly Mutant[] = [
  ...of(
    `${receiver}/access/authenticate.js`,
    [`${receiver}/http/access.test.js`, `${receiver}/http/routes.test.js`, `${receiver}/http/upload.test.js`],
    [
      ['takes every token', 'equalsInConstantTime(uploadToken, token)', 'true'],
      ['takes a token that was never set', ' && uploadToken !== false', ''],
      [
        'lets the shared secret speak for a peer with its own',
        'return own ?? options.secrets;',
        'return options.secrets;',
      ],
      ['never claims the nonce', 'parts.nonces.claim(verified, nowMs);', ''],
    ],
  ),
  ...of(
    `${receiver}/access/rights.js`,
    [`${receiver}/http/rights.test.js`],
    [
      ['gives every right to everybody', 'granted.has(keyOf(node, folder, right));', 'true;'],
      ['takes a right of one folder for all', '`${node}\\0${folder}\\0${right}`', '`${node}\\0${right}`'],
      ['takes one right for all', '`${node}\\0${folder}\\0${right}`', '`${node}\\0${folder}`'],
      ['copies from every folder', 'readable.length === folders.length ? null : readable', 'null'],
    ],
  ),
  ...of(
    `${receiver}/intake/accept-manifest.js`,
    [`${receiver}/http/access.test.js`, `${receiver}/http/routes.test.js`, `${receiver}/http/upload.test.js`],
    [
      ['takes another manifest than was signed', 'sha256(json) !== peer.digest', 'false'],
      ['takes a manifest in the name of somebody else', 'manifest.node !== peer.node', 'false'],
    ],
  ),
  ...of(
    `${receiver}/intake/admit.js`,
    [`${receiver}/http/routes.test.js`, `${receiver}/http/rights.test.js`],
    [
      ['takes folders that it does not have', '!replica.folders.includes(folder)', 'false'],
      [
        'asks for the right to write where something is deleted',
        "state === 'live' ? 'write' : 'delete'",
        "'write'",
      ],
      ['calls known what a peer without rights forged', 'hasSameContent(local, entry)', 'true'],
    ],
  ),
];
