// Turborepo without telemetry. As a program: `node scripts/turbo.mjs run build`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs turbo from the repository root with this process's output; gives its exit code. */
export function runTurbo(args) {
  const require = createRequire(join(repositoryRoot, 'package.json'));
  const turbo = join(dirname(require.resolve('turbo/package.json')), 'bin', 'turbo');
  const result = spawnSync(process.execPath, [turbo, ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = runTurbo(process.argv.slice(2));
}
