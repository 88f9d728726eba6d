import type { IncomingMessage, ServerResponse } from 'node:http';
import { silentLog, SyncError, type ErrorCode, type Log } from '@lockstep/core';

/** What Express hands a request to. A method, so that routers typed by Express 4 and 5 both fit. */
export interface Room {
  handle(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): unknown;
}

/** The function that an app mounts. */
export type DoorHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** An app that middleware can be mounted in: Express 4, Express 5, or a router of either. */
export interface MountableApp {
  use(path: string, handler: DoorHandler): unknown;
}

/** A place in the app's order of middleware, taken at once and opened when the router behind it is ready. */
export interface Door {
  open(room: Room, log: Log): void;
  /** From now on every request is answered 503 with this code. */
  close(code: 'NOT_READY' | 'CLOSED'): void;
}

/** An app that is set up again keeps the place that it gave at first; a second one behind it would never be reached. */
const known = new WeakMap<MountableApp, Map<string, Door>>();

/**
 * Mounts a door now, or gives the one that the app has at this path: what the app mounts later, such as its answer to unknown pages, comes after it. Until it is opened it
 * answers 503 NOT_READY, which a peer takes as "try again".
 * @param needsBody refuse a request whose body some middleware read before (`express.json()` mounted earlier)
 */
export function mountDoor(app: MountableApp, path: string, options: { needsBody: boolean }): Door {
  const doors = known.get(app) ?? new Map<string, Door>();
  known.set(app, doors);
  const door = doors.get(path) ?? newDoor(app, path, options);
  doors.set(path, door);
  door.close('NOT_READY');
  return door;
}

function newDoor(app: MountableApp, path: string, { needsBody }: { needsBody: boolean }): Door {
  let room: Room | null = null;
  let log: Log = silentLog;
  let closed: 'NOT_READY' | 'CLOSED' = 'NOT_READY';
  let told = false;

  app.use(path, (request, response, next) => {
    if (room === null)
      return answer(response, closed, `This server cannot take ${path} now. Try again soon.`);
    if (needsBody && bodyIsGone(request)) {
      if (!told) log.error(`${bodyAdvice(path)} Peers cannot deliver until then.`, { path });
      told = true;
      return answer(response, 'INTERNAL', bodyAdvice(path));
    }
    room.handle(request, response, next);
  });

  return {
    open(opened, newLog) {
      [room, log, told] = [opened, newLog, false];
    },
    close(code) {
      [room, closed] = [null, code];
    },
  };
}

/** True when the request has a body and something has read from it. */
function bodyIsGone(request: IncomingMessage): boolean {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  return hasBody && request.readableDidRead;
}

function bodyAdvice(path: string): string {
  return (
    `Another middleware read the body of a request to ${path} first. Call setupRealTimeFileSync(app) before ` +
    `body parsers and upload handlers are mounted for the whole app, or mount those for their own paths only.`
  );
}

function answer(response: ServerResponse, code: ErrorCode, message: string): void {
  const error = new SyncError(code, message);
  response.statusCode = error.status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  if (error.status === 503) response.setHeader('Retry-After', '1');
  response.end(JSON.stringify(error));
}
