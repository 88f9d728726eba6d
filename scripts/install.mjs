// Installs the dependencies when they are missing or older than package-lock.json.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './turbo.mjs';

const lockFile = join(repositoryRoot, 'package-lock.json');
const installedLockFile = join(repositoryRoot, 'node_modules', '.package-lock.json');
const stampFile = join(repositoryRoot, 'node_modules', '.lockstep-install');

/** Gives true when the dependencies are in place afterwards; on failure says what is needed and gives false. */
export function ensureInstalled() {
  if (isInstalled()) return true;
  console.log('Installing dependencies with `npm ci` (about a minute: better-sqlite3 may be compiled) …');
  const started = performance.now();
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      '`npm ci` failed. It needs the npm registry and, where no prebuilt better-sqlite3 can be downloaded,\n' +
        'the compile tools python3, make and g++ (Debian: apt-get install python3 make g++).',
    );
    return false;
  }
  writeFileSync(stampFile, lockDigest());
  console.log(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

function isInstalled() {
  if (!existsSync(installedLockFile)) return false;
  if (statSync(installedLockFile).mtimeMs >= statSync(lockFile).mtimeMs) return true;
  // A checkout touches package-lock.json without changing it.
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockDigest();
}

function lockDigest() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}
