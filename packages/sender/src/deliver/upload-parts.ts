import { unpackChunks } from '@lockstep/core';
import type { Upload, UploadParts } from './peer.js';
import type { Stretch } from './read-bodies.js';

/** Where the chunks that are sent lie in the file; neighbours as one. */
export function stretchesOf({ chunks, sent }: UploadParts): Stretch[] {
  const wanted = new Set(sent);
  const stretches: Stretch[] = [];
  let position = 0;
  for (const [at, { size }] of unpackChunks(chunks).entries()) {
    const last = stretches.at(-1);
    if (wanted.has(at) && wanted.has(at - 1) && last !== undefined) {
      stretches[stretches.length - 1] = { ...last, length: last.length + size };
    } else if (wanted.has(at)) stretches.push({ position, length: size });
    position += size;
  }
  return stretches;
}

/** Content bytes of an upload. */
export function bytesOf({ entries, parts }: Pick<Upload, 'entries' | 'parts'>): number {
  if (parts === undefined) return entries.reduce((sum, entry) => sum + entry.size, 0);
  return stretchesOf(parts).reduce((sum, { length }) => sum + length, 0);
}
