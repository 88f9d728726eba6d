import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Which of the libraries a process has loaded after it ran a program. */
async function loadedBy(program: string): Promise<readonly string[]> {
  const script = `
    import { createRequire } from 'node:module';
    ${program}
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    const libraries = ['axios', 'prom-client', 'multer', 'zod'];
    console.log(JSON.stringify(libraries.filter((name) => loaded.some((file) => file.includes('/node_modules/' + name + '/')))));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
  });
  return JSON.parse(stdout) as readonly string[];
}

test('an app that loads Lockstep does not load the client for peers, the metrics and the shapes of messages, until they are needed', async () => {
  assert.deepEqual(await loadedBy(`import 'lockstep';`), ['multer']);
  assert.deepEqual(await loadedBy(`import { loadHttp } from '@lockstep/sender'; loadHttp();`), [
    'axios',
    'zod',
  ]);
});
