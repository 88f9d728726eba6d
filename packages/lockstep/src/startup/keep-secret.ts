import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SyncError, type Log } from '@lockstep/core';
import type { Configuration } from '../configuration/configuration.js';
import { parseSecretList } from '../configuration/parse-secrets.js';
import { errnoOf } from './errno.js';

const secretBytes = 32;

/**
 * The shared secrets: the configured ones, else the one kept in `<stateDir>/secret` (0600), made at the first start.
 * The secret itself is never logged. The state directory must exist.
 */
export async function keepSecret(
  configuration: Pick<Configuration, 'secret' | 'stateDir'>,
  log: Log,
): Promise<readonly string[]> {
  if (configuration.secret !== null) return configuration.secret;
  const file = join(configuration.stateDir, 'secret');
  const made = await makeSecret(file);
  if (made === null) await closeToOthers(file, log);
  const text = made ?? (await readFile(file, 'utf8'));
  const secrets = parseSecretList({ label: `The secret in ${file}`, value: text, secret: true });
  log.warn(
    `No LOCKSTEP_SECRET: using the secret in ${file}. Set LOCKSTEP_SECRET to its content on every server, ` +
      'or copy the file into the state directory of each.',
    { made: made !== null },
  );
  return secrets;
}

/** A copied file often has the mode that the umask gives: then every user of the machine could read the secret. */
async function closeToOthers(file: string, log: Log): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  log.warn('The generated secret could be read by other users of this machine; only its own may now.', {
    file,
  });
  await chmod(file, 0o600);
}

/** Writes a new secret where there is none; null where there is one, also when another process was faster. */
async function makeSecret(file: string): Promise<string | null> {
  const secret = randomBytes(secretBytes).toString('hex');
  try {
    await writeFile(file, `${secret}\n`, { flag: 'wx', mode: 0o600 });
    return secret;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw new SyncError(
      'NOT_PERMITTED',
      `Cannot write the generated secret to ${file}. Set LOCKSTEP_SECRET instead.`,
      {
        cause: error,
      },
    );
  }
}
