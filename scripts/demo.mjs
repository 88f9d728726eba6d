// `npm run demo`: installs and builds what is missing, then runs the fleet of three until it is interrupted.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { repositoryRoot, runTurbo } from './turbo.mjs';

if (!ensureInstalled()) process.exit(1);

console.log('Building …');
const buildCode = runTurbo(['run', 'build', '--filter=@lockstep/demo...', '--output-logs=errors-only']);
if (buildCode !== 0) process.exit(buildCode);

const fleet = spawn(process.execPath, [join('apps', 'demo', 'dist', 'fleet.js'), ...process.argv.slice(2)], {
  cwd: repositoryRoot,
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to the fleet as well; forwarding it would make one key press two signals.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) fleet.kill('SIGINT');
});
process.on('SIGTERM', () => fleet.kill('SIGTERM'));
fleet.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
