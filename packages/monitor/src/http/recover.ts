import { SyncError, type Log, type Replica } from '@lockstep/core';
import type { RequestHandler } from 'express';
import type { RestoredHoldView, SenderView } from '../sender-view.js';
import { countWords, nameWords } from '../view/words.js';
import { answerDone } from './done.js';
import { recordNumber } from './query.js';

/** `POST /api/holds/:id/release`: the held deletions are carried out. */
export function releaseHold(replica: Replica, log: Log): RequestHandler {
  return async (req, res) => {
    const id = recordNumber(req);
    log.warn('Monitor released a hold', { hold: id });
    await replica.releaseHold(id);
    answerDone(req, res, 'Released. The deletions are carried out; the archive keeps the files.');
  };
}

/** `POST /api/holds/:id/restore`: the missing files come back from peers. */
export function restoreHold(sender: SenderView, log: Log): RequestHandler {
  return async (req, res) => {
    const id = recordNumber(req);
    if (!sender.restoreHold) {
      throw new SyncError(
        'NOT_READY',
        'Restoring from peers needs the sender, which does not run in this process. Try again.',
      );
    }
    log.info('Monitor restores a hold from peers', { hold: id });
    answerDone(req, res, restoredWords(await sender.restoreHold(id)));
  };
}

function restoredWords({ restored, failed }: RestoredHoldView): string {
  const back = `Restored ${countWords(restored, 'file')} from peers.`;
  const [first] = failed;
  if (!first) return back;
  return `${back} ${countWords(failed.length, 'file')} could not be brought back, first ${nameWords(first.path)}: ${nameWords(first.message)}`;
}

/** `POST /api/archive/:id/restore`: an archived content becomes the newest version, on every server. */
export function restoreArchived(replica: Replica, log: Log): RequestHandler {
  return async (req, res) => {
    const id = recordNumber(req);
    const entry = await replica.restore(id);
    log.info('Monitor restored a file from the archive', { folder: entry.folder, path: entry.path });
    answerDone(req, res, `Restored ${nameWords(`${entry.folder}/${entry.path}`)} on every server.`);
  };
}
