import { isSyncError, SyncError } from '../../model/error.js';
import type { Connection, Statement, Value } from './connection.js';

/** A connection whose database can be exchanged: statements prepared before go on with the new one. */
export interface RenewableConnection extends Connection {
  /** Why nothing can be read or written until `replace`; null while it can. */
  readonly damage: SyncError | null;
  /** Takes the database for damaged from now on. */
  condemn(damage: SyncError): void;
  /** Goes on with another database, which has the same tables. The caller owes the former one its `close`. */
  replace(next: Connection): void;
  onDamage(listener: (damage: SyncError) => void): void;
}

/** Wraps a connection. The first INDEX_DAMAGED that comes of it condemns it. */
export function createRenewableConnection(first: Connection): RenewableConnection {
  let current = first;
  let damage: SyncError | null = null;
  let tell: (damage: SyncError) => void = () => undefined;

  const condemn = (found: SyncError): void => {
    if (damage !== null) return;
    damage = found;
    tell(found);
  };
  const guarded = <T>(run: () => T): T => {
    if (damage !== null) throw refusal(damage);
    try {
      return run();
    } catch (error) {
      if (isSyncError(error, 'INDEX_DAMAGED')) condemn(error);
      throw error;
    }
  };

  return {
    prepare<Params extends readonly Value[], Row>(attempted: string, sql: string): Statement<Params, Row> {
      let owner = current;
      let statement = guarded(() => current.prepare<Params, Row>(attempted, sql));
      const ofCurrent = (): Statement<Params, Row> => {
        if (owner !== current) {
          statement = current.prepare<Params, Row>(attempted, sql);
          owner = current;
        }
        return statement;
      };
      return {
        get: (...params) => guarded(() => ofCurrent().get(...params)),
        all: (...params) => guarded(() => ofCurrent().all(...params)),
        run: (...params) => guarded(() => ofCurrent().run(...params)),
      };
    },
    execute: (attempted, sql) => guarded(() => current.execute(attempted, sql)),
    pragma: (pragma) => guarded(() => current.pragma(pragma)),
    trusting: (read) => guarded(read),
    get inTransaction() {
      return damage === null && current.inTransaction;
    },
    close: () => current.close(),
    get damage() {
      return damage;
    },
    condemn,
    replace: (next) => {
      current = next;
      damage = null;
    },
    onDamage: (listener) => {
      tell = listener;
    },
  };
}

function refusal(damage: SyncError): SyncError {
  const message = 'The index is damaged; a new one is begun in a moment. Try it again.';
  return new SyncError('INDEX_DAMAGED', message, { cause: damage });
}
