import { SyncError, showText, type Replica } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import { findFiles, type FoundFiles } from '../collect/find-files.js';
import type { SenderView } from '../sender-view.js';
import { fileLine } from '../view/file-line.js';
import { queryNumber, queryText } from './query.js';

/** `GET /api/files?folder&prefix&limit`: for each file on which servers it is. */
export function answerFiles(replica: Replica, sender: SenderView): RequestHandler {
  return async (req, res) => {
    const { files, more } = await filesOf(replica, sender, req);
    const inWords = queryText(req, 'view') === 'page';
    res.json(inWords ? { rows: files.map((file) => fileLine(file, replica.node)), more } : { files, more });
  };
}

/** The files that the query asks for. Throws REQUEST_MALFORMED, FOLDER_UNKNOWN. */
export async function filesOf(replica: Replica, sender: SenderView, req: Request): Promise<FoundFiles> {
  const folder = queryText(req, 'folder');
  if (folder !== '' && !replica.folders.includes(folder)) {
    throw new SyncError(
      'FOLDER_UNKNOWN',
      `There is no folder "${showText(folder)}" here. The folders are: ${replica.folders.join(', ')}.`,
    );
  }
  return findFiles(replica.index, peerNames(replica, sender), {
    folder: folder === '' ? undefined : folder,
    prefix: queryText(req, 'prefix').normalize('NFC'),
    limit: queryNumber(req, 'limit', 100, { min: 1, max: 1_000 }),
  });
}

/** The peers of the configuration while this process sends, else those the index remembers. */
function peerNames(replica: Replica, sender: SenderView): string[] {
  const { active, peers } = sender.status();
  if (active !== true || peers === undefined) return replica.index.peers.list().map((peer) => peer.name);
  return peers.flatMap((peer) => (peer.state === 'self' || !peer.name ? [] : [peer.name]));
}
