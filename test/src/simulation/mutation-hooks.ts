import type { InitializeHook, LoadHook } from 'node:module';
import type { Mutation } from './mutations.js';

export { resolve } from '../harness/compiled-modules.js';

let mutation: Mutation | undefined;

/** Node's hook: takes in the mutation to make. */
export const initialize: InitializeHook<Mutation> = (data) => {
  mutation = data;
};

/** Node's hook: changes the text of the one module. Throws when the text to change is not there any more. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (mutation === undefined || !url.endsWith(mutation.file)) return loaded;
  const { file, edits } = mutation;
  let source =
    typeof loaded.source === 'string'
      ? loaded.source
      : new TextDecoder().decode(loaded.source ?? new Uint8Array(0));
  for (const [find, replace] of edits) {
    if (!source.includes(find)) throw new Error(`"${find}" is not in ${file} any more.`);
    source = source.replace(find, replace);
  }
  return { ...loaded, source };
};
