import type { FoundFile } from '../collect/find-files.js';
import type { FileLine, Tone } from './page-model.js';
import { byteWords, isoWords, nameWords } from './words.js';

const whereWords: Readonly<
  Record<'there' | 'deferred' | 'pending', { readonly tone: Tone; readonly words: string }>
> = {
  there: { tone: 'good', words: 'has it' },
  deferred: { tone: 'bad', words: 'refused it' },
  pending: { tone: 'busy', words: 'on its way' },
};

/** One file and where it is, in words. */
export function fileLine(file: FoundFile, node: string): FileLine {
  const gone = file.state === 'deleted';
  const there = gone ? 'deleted' : 'has it';
  return {
    key: `${file.folder}/${file.path}`,
    file: nameWords(`${file.folder}/${file.path}`),
    state: gone ? 'Deleted' : 'Live',
    size: file.size === null ? '–' : byteWords(file.size),
    by: nameWords(file.modifiedBy),
    at: isoWords(file.modifiedMs),
    where: [
      { key: node, tone: 'good', text: `${nameWords(node)}: ${there}` },
      ...Object.entries(file.peers).map(([peer, state]) => {
        const { tone, words } = whereWords[state];
        return { key: peer, tone, text: `${nameWords(peer)}: ${state === 'there' ? there : words}` };
      }),
    ],
  };
}
