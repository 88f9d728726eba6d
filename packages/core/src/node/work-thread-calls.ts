import type { SyncError } from '../model/error.js';
import type { Listed } from '../ports/work.js';
import { fromErrorMessage, type FromThread } from './work-thread-messages.js';

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SyncError) => void;
  /** Pages of a listing that have come in. */
  readonly files: Listed[];
}

/** Calls under way. */
export interface Calls {
  /** Notes a new call, which `send` is to put on its way. */
  readonly add: (send: (id: number) => void) => Promise<unknown>;
  /** Takes in an answer; true when it was a page and the thread waits to go on. */
  readonly answer: (message: FromThread) => boolean;
  readonly rejectAll: (error: SyncError) => void;
  readonly count: () => number;
}

/** See `Calls`. `onIdle` runs whenever the last call under way is settled. */
export function createCalls(onIdle: () => void): Calls {
  const calls = new Map<number, Call>();
  let lastId = 0;

  function settle(id: number): void {
    calls.delete(id);
    if (calls.size === 0) onIdle();
  }

  function answer(message: FromThread): boolean {
    const call = calls.get(message.id);
    if (call === undefined) return false;
    if ('page' in message) {
      for (const file of message.page) call.files.push(file);
      return true;
    }
    settle(message.id);
    if ('error' in message) call.reject(fromErrorMessage(message.error));
    else if (call.files.length === 0) call.resolve(message.result);
    else call.resolve(Object.assign({}, message.result, { files: call.files }));
    return false;
  }

  return {
    add: (send) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        calls.set(id, { resolve, reject, files: [] });
        try {
          send(id);
        } catch (error) {
          settle(id);
          throw error;
        }
      }),
    answer,
    rejectAll: (error) => {
      for (const [id, call] of [...calls]) {
        settle(id);
        call.reject(error);
      }
    },
    count: () => calls.size,
  };
}
