// Finds the browser for the browser tests, or installs it where that can be done without asking.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Gives true when the browser tests will find a Chromium; otherwise says what to install. */
export function ensureChromium() {
  if (process.env.CHROMIUM_PATH) {
    if (existsSync(process.env.CHROMIUM_PATH)) return true;
    console.error(`CHROMIUM_PATH is "${process.env.CHROMIUM_PATH}", and no such file exists.`);
    return false;
  }
  if (existsSync('/usr/bin/chromium')) return true;
  if (canInstall()) {
    console.log('Installing Chromium for the browser tests with apt-get …');
    const installed =
      aptGet(['update', '-qq']) && aptGet(['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
    if (installed && existsSync('/usr/bin/chromium')) return true;
  }
  console.error(
    'The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH\n' +
      'to the executable of an installed Chromium or Chrome.',
  );
  return false;
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0;
}
