import { createHash, timingSafeEqual } from 'node:crypto';
import { SyncError, type Clock, type Log } from '@lockstep/core';
import type { RequestHandler } from 'express';
import { createFailedLogins } from './failed-logins.js';
import { isLocalClient } from './local-client.js';
import { refuseForNow } from './refusal.js';

/** Who may look. */
export interface AccessOptions {
  readonly password: string | false;
  readonly production: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Admits people with the password, or, where none is set, only this machine and only outside production. */
export function authenticate(options: AccessOptions): RequestHandler {
  return options.password === false
    ? admitLocal(options.production)
    : admitByPassword(options.password, options);
}

function admitLocal(production: boolean): RequestHandler {
  return (req, _res, next) => {
    if (!production && isLocalClient(req)) next();
    else next(new SyncError('RIGHT_MISSING', refusalOfStrangers));
  };
}

const refusalOfStrangers =
  'This monitor has no password, so it answers only browsers on its own machine, directly and outside production. Set LOCKSTEP_MONITOR_PASSWORD and restart the server.';

function admitByPassword(password: string, { clock, log }: AccessOptions): RequestHandler {
  const expected = fingerprint(password);
  const failedLogins = createFailedLogins(clock);
  return (req, res, next) => {
    const address = req.socket.remoteAddress ?? 'unknown';
    const waitMs = failedLogins.waitMs(address);
    if (waitMs > 0) {
      const message = 'Too many wrong passwords from this address. Wait a minute and try again.';
      next(refuseForNow(res, 'TOO_MANY_REQUESTS', message, waitMs / 1000));
      return;
    }
    const given = passwordOf(req.headers.authorization);
    if (given !== null && timingSafeEqual(fingerprint(given), expected)) {
      next();
      return;
    }
    if (given !== null) {
      failedLogins.failed(address);
      log.warn('Monitor refused a wrong password', { address });
    }
    res.set('WWW-Authenticate', 'Basic realm="Lockstep monitor", charset="UTF-8"');
    next(
      new SyncError(
        'AUTH_REQUIRED',
        'The monitor needs its password (LOCKSTEP_MONITOR_PASSWORD), with any user name.',
      ),
    );
  };
}

/** The password of a basic authorization; null when there is none. */
function passwordOf(authorization: string | undefined): string | null {
  const encoded = /^basic ([a-z0-9+/=]+)$/iu.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

/** Equally long whatever the text, so that the comparison tells nothing about its length. */
function fingerprint(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
