import type { Clock } from '@lockstep/core';
import type { Request, Response } from 'express';

/** After a refusal, at most this much of a body that nobody wants is thrown away before the connection is cut. */
const lingerBytes = 1024 * 1024;
const lingerMs = 1000;

/**
 * Ends an answer. When the request's body was not read, the connection cannot be used again and is closed: not at once, since a client
 * that is still sending would get a reset instead of the answer, but after a second or 1 MiB of what it sends, whichever comes first.
 */
export function finishUnread(req: Request, res: Response, body: Buffer, clock: Clock): void {
  if (!isUnread(req)) {
    res.end(body);
    return;
  }
  const atOnce = res.getHeader('connection') === 'close';
  res.setHeader('connection', 'close');
  // Node forgets a request once it is answered: without this its readers would never learn that the connection is gone.
  res.once('close', () => void req.destroy());
  if (atOnce) res.end(body);
  else lingerThenEnd(req, res, body, clock);
}

function lingerThenEnd(req: Request, res: Response, body: Buffer, clock: Clock): void {
  res.write(body);
  let passed = 0;
  const cancel = clock.after(lingerMs, () => void res.end());
  const finish = (): void => {
    cancel();
    res.end();
  };
  req.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > lingerBytes) finish();
  });
  for (const event of ['end', 'close', 'error']) req.once(event, finish);
  req.resume();
}

function isUnread(req: Request): boolean {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  return hasBody && !req.readableEnded && !req.destroyed;
}
