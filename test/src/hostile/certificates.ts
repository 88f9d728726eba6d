import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A key and its certificate, as PEM. */
export interface Pair {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A certificate authority of its own, and certificates that it gave. */
export interface Authority {
  readonly ca: Buffer;
  issue(name: string): Promise<Pair>;
  /** Removes the files. */
  close(): Promise<void>;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a private certificate authority with the openssl program. */
export async function createAuthority(name: string): Promise<Authority> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-ca-'));
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: directory });
  await openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  const read = (file: string): Promise<Buffer> => readFile(join(directory, file));
  return {
    ca: await read('ca.pem'),
    async issue(holder) {
      await writeFile(join(directory, 'names.txt'), 'subjectAltName=IP:127.0.0.1');
      await openssl(
        'req',
        '-new',
        ...curve,
        '-subj',
        `/CN=${holder}`,
        '-keyout',
        `${holder}.key`,
        '-out',
        `${holder}.csr`,
      );
      await openssl(
        ...['x509', '-req', '-in', `${holder}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-days', '2', '-extfile', 'names.txt', '-out', `${holder}.pem`],
      );
      return { key: await read(`${holder}.key`), cert: await read(`${holder}.pem`) };
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
