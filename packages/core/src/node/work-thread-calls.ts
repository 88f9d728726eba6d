import type { SyncError } from '../model/error.js';
import type { TakeListed } from '../ports/work.js';
import { fromErrorMessage, type FromThread } from './work-thread-messages.js';

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Takes in the pages of a listing. */
  readonly take: TakeListed | undefined;
  /** Why a page could not be taken in: the call rejects with it once the thread has given the listing up. */
  failure?: unknown;
}

/** Calls under way. */
export interface Calls {
  /** Notes a new call, which `send` is to put on its way. `take` is for the pages of a listing. */
  readonly add: (send: (id: number) => void, take?: TakeListed) => Promise<unknown>;
  /** Takes in an answer. After a page, `resume` tells the waiting thread whether to go on. */
  readonly answer: (message: FromThread, resume: (isWanted: boolean) => void) => void;
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

  function answer(message: FromThread, resume: (isWanted: boolean) => void): void {
    const call = calls.get(message.id);
    if (call === undefined) return;
    if ('page' in message) {
      void takeIn(call, message.page).then(resume);
      return;
    }
    settle(message.id);
    if ('failure' in call) call.reject(call.failure);
    else if ('error' in message) call.reject(fromErrorMessage(message.error));
    else call.resolve(message.result);
  }

  return {
    add: (send, take) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        calls.set(id, { resolve, reject, take });
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

/** False when that failed; the failure is kept. */
async function takeIn(call: Call, page: Parameters<TakeListed>[0]): Promise<boolean> {
  try {
    await call.take?.(page);
    return true;
  } catch (error) {
    call.failure = error;
    return false;
  }
}
