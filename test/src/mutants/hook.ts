import type { LoadHook } from 'node:module';

export { resolve } from '../harness/compiled-modules.js';

/** What the variable MUTANT holds, as JSON. */
export interface Change {
  /** Compiled file, from the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const change = JSON.parse(process.env['MUTANT'] ?? 'null') as Change | null;

/** Node asks this for every module: changes one place of one file while it is loaded. Nothing on the disk changes. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (change === null || !url.endsWith(`/${change.file}`) || !(loaded.source instanceof Uint8Array))
    return loaded;
  const source = Buffer.from(loaded.source).toString();
  return { ...loaded, source: source.replace(change.from, () => change.to) };
};
