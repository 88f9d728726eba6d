import type { Request, Response } from 'express';
import type { FileKey } from '@lockstep/core';

const gatherMs = 50;
const heartbeatMs = 15_000;

/** Tells open pages which folders changed, as server-sent events. */
export interface ChangeStream {
  readonly route: (request: Request, response: Response) => void;
  readonly tell: (batch: { readonly entries: readonly FileKey[] }) => void;
  /** Ends every open stream. */
  readonly close: () => void;
}

/** Changes are gathered for 50 ms, so that a copied-in folder is one event and not thousands. */
export function createChangeStream(): ChangeStream {
  const open = new Set<Response>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs);
  heartbeat.unref();

  function send(text: string): void {
    for (const response of open) response.write(text);
  }

  function sendChanged(): void {
    timer = null;
    send(`data: ${JSON.stringify([...changed])}\n\n`);
    changed.clear();
  }

  return {
    route(_request, response) {
      response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('retry: 500\n\n');
      open.add(response);
      response.on('close', () => open.delete(response));
    },
    tell(batch) {
      for (const entry of batch.entries) changed.add(entry.folder);
      timer ??= setTimeout(sendChanged, gatherMs);
    },
    close() {
      clearInterval(heartbeat);
      if (timer !== null) clearTimeout(timer);
      for (const response of open) response.end();
    },
  };
}
