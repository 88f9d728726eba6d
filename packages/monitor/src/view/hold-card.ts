import type { HoldStatus } from '../status.js';
import type { HoldCard } from './page-model.js';
import { countWords, isoWords, nameWords } from './words.js';

/** A stopped batch of deletions in words, with what each button does. */
export function holdCard(hold: HoldStatus): HoldCard {
  const files = countWords(hold.count, 'file');
  const more = hold.count - hold.paths.length;
  const folder = nameWords(hold.folder);
  return {
    key: String(hold.id),
    title: `${files} of ${folder} would be deleted`,
    explanation: `${why(hold, folder)} ${where(hold)}`,
    since: isoWords(hold.createdMs),
    paths: hold.paths.map((path) => ({ key: path, path: nameWords(`${hold.folder}/${path}`) })),
    morePaths: more > 0 ? `and ${countWords(more, 'more file')}` : '',
    release: hold.peer === null ? `Delete ${files} on every server` : `Delete ${files} here`,
    releaseAction: `api/holds/${hold.id}/release`,
    restoreAction: `api/holds/${hold.id}/restore`,
  };
}

function why({ reason }: HoldStatus, folder: string): string {
  switch (reason) {
    case 'mass-deletion':
      return `A large part of ${folder} disappeared at once.`;
    case 'folder-emptied':
      return `${folder} was emptied.`;
    case 'root-missing':
      return `The folder ${folder} itself is gone: perhaps a disk is not mounted.`;
    case 'root-swapped':
      return `The folder ${folder} was replaced by another one: perhaps a disk was swapped or a backup restored.`;
  }
}

function where({ peer }: HoldStatus): string {
  return peer === null
    ? 'Nothing was deleted on the other servers. If the files come back by themselves, the hold ends.'
    : `${nameWords(peer)} asked for it. Nothing was deleted here.`;
}
