import type { NonceCache } from '@lockstep/core';
import type { BodyBudget } from './access/body-budget.js';
import type { RefusalLog } from './access/refusal-log.js';
import type { Slots } from './access/slots.js';
import type { ResolvedOptions } from './options.js';
import type { Tally } from './tally.js';

/** What every route of one receiver works with. */
export interface Parts {
  readonly options: ResolvedOptions;
  readonly nonces: NonceCache;
  readonly slots: Slots;
  readonly bodies: BodyBudget;
  readonly tally: Tally;
  readonly refusals: RefusalLog;
  /** True once `close` was called: every route answers CLOSED. */
  readonly isClosed: () => boolean;
}
