import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import type { FileSyncStatus, LockstepSync } from 'lockstep';
import { listUploads } from './list-uploads.js';
import { waitingPage } from './waiting-page.js';

/** The page from this server's own `templates/index.ejs`; a stand-in until that file has arrived. */
export function pageRoute(sync: LockstepSync, uploads: string): RequestHandler {
  const { name, root, monitorPath } = sync.configuration;
  const template = join(root, 'templates', 'index.ejs');
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    if (!(await exists(template))) return void response.send(waitingPage(name, monitorPath));
    const model = {
      server: { name, pid: process.pid, monitorPath },
      others: othersOf(sync.status()),
      files: await listUploads(uploads),
    };
    response.render('index.ejs', model);
  };
}

/** The other servers as a browser reaches them: their origin without the mount path. */
function othersOf(status: FileSyncStatus): readonly { name: string; href: string; state: string }[] {
  return status.peers.flatMap(({ name, url, state }) =>
    url === null ? [] : [{ name, href: new URL(url).origin, state }],
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
