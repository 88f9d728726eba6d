import { silentLog, SyncError, type Clock, type Log, type Replica } from '@lockstep/core';
import { systemClock } from '@lockstep/core/node';
import { editDistance } from './edit-distance.js';
import type { ReceiverView } from './receiver-view.js';
import type { SenderView } from './sender-view.js';

/** How a monitor is made. */
export interface MonitorOptions {
  readonly replica: Replica;
  readonly sender: SenderView;
  readonly receiver: ReceiverView;
  /** Password of the page (any user name). `false` (default): only this machine may look, and only outside production. */
  readonly password?: string | false | undefined;
  /** Default: whether NODE_ENV is `production`. */
  readonly production?: boolean | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
  /** Name of the page. Default: `Lockstep`. */
  readonly title?: string | undefined;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly replica: Replica;
  readonly sender: SenderView;
  readonly receiver: ReceiverView;
  readonly password: string | false;
  readonly production: boolean;
  readonly log: Log;
  readonly clock: Clock;
  readonly title: string;
}

const known = ['replica', 'sender', 'receiver', 'password', 'production', 'log', 'clock', 'title'] as const;

/** Fills in defaults. Throws OPTION_INVALID for an unknown option or an empty password (which would be no password). */
export function resolveOptions(options: MonitorOptions): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!known.some((option) => option === name)) throw unknownOption(name);
  }
  const { replica, sender, receiver, password = false } = options;
  for (const [name, value] of Object.entries({ replica, sender, receiver })) {
    if (typeof value !== 'object' || value === null) {
      throw invalid(`createMonitor got no ${name}. Give it the ${name} that the app created.`);
    }
  }
  if (password !== false && (typeof password !== 'string' || password.length === 0)) {
    throw invalid(
      'createMonitor got an empty password. Give a password, or false to admit this machine only.',
    );
  }
  return Object.freeze({
    ...{ replica, sender, receiver, password },
    production: options.production ?? process.env['NODE_ENV'] === 'production',
    log: options.log ?? silentLog,
    clock: options.clock ?? systemClock,
    title: options.title ?? 'Lockstep',
  });
}

function unknownOption(name: string): SyncError {
  const near = known.find((option) => editDistance(option, name.toLowerCase()) <= 2);
  const hint = near ? `Did you mean ${near}?` : `The options are: ${known.join(', ')}.`;
  return invalid(`createMonitor does not know the option "${name}". ${hint}`);
}

function invalid(message: string): SyncError {
  return new SyncError('OPTION_INVALID', message);
}
