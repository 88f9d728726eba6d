import type { InitializeHook, LoadHook } from 'node:module';
import type { Mutation } from './mutations.js';

let mutation: Mutation | undefined;

/** Node's hook: takes in the mutation to make. */
export const initialize: InitializeHook<Mutation> = (data) => {
  mutation = data;
};

/** Node's hook: changes the text of the one module. Throws when the text to change is not there any more. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (mutation === undefined || !url.endsWith(mutation.file)) return loaded;
  const source =
    typeof loaded.source === 'string'
      ? loaded.source
      : new TextDecoder().decode(loaded.source ?? new Uint8Array(0));
  if (!source.includes(mutation.find))
    throw new Error(`"${mutation.find}" is not in ${mutation.file} any more.`);
  return { ...loaded, source: source.replace(mutation.find, mutation.replace) };
};
