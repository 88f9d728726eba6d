import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Stands in every canary file. It must never stand in an answer, a log line or a folder. */
export const marker = 'CANARY-that-must-never-leave-its-place';

/** Files that no request may touch, around the folders of a server. */
export interface Canary {
  /** Fails, naming what differs, when anything was created, changed or deleted. */
  assertUntouched(): Promise<void>;
}

/**
 * Plants what an attacker would like to reach: a directory beside the server's root, the app's own files beside the folders, and, in the
 * folders, links that lead there.
 */
export async function plantCanary(base: string, root: string): Promise<Canary> {
  const outside = join(base, 'outside');
  for (const directory of [
    ...[join(outside, 'dir'), join(outside, 'empty'), join(root, 'node_modules', 'x')],
    ...['static/real/deep', 'templates/dir', 'instance'].map((each) => join(root, each)),
  ]) {
    await mkdir(directory, { recursive: true });
  }
  const files = ['outside/secret.txt', 'outside/dir/inner.txt', 'outside/index.ejs'].map((each) =>
    join(base, each),
  );
  files.push(
    ...['app.js', '.env', 'package.json', 'node_modules/x/index.js'].map((each) => join(root, each)),
  );
  for (const file of files) await writeFile(file, `${marker} ${relative(base, file)}\n`, { mode: 0o640 });
  const links: [string, string][] = [
    ['static/out', '../../outside'],
    ['static/up', '..'],
    ['static/file-link.txt', '../../outside/secret.txt'],
    ['static/dangling.txt', '../../outside/not-there.txt'],
    ['static/real/deep/out', outside],
    ['static/etc', '/etc'],
    ['templates/dir/out', outside],
    ['templates/self', '.'],
    ['instance/env', '../.env'],
  ];
  for (const [link, target] of links) await symlink(target, join(root, link));
  const before = await picture(base, root);
  return {
    assertUntouched: async () => assert.deepEqual(await picture(base, root), before),
  };
}

/** One line per file, directory and link outside of the folders and the state directory. */
async function picture(base: string, root: string): Promise<string[]> {
  const own = new Set(['static', 'templates', 'instance', '.lockstep'].map((each) => join(root, each)));
  const lines: string[] = [];
  const walk = async (path: string): Promise<void> => {
    const stat = await lstat(path, { bigint: true });
    // The root itself gets no new name either: its entries are walked, only its times may change with the state directory.
    const times = path === root ? '' : `${stat.mtimeNs} ${stat.ctimeNs}`;
    const what = stat.isSymbolicLink()
      ? await readlink(path)
      : stat.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : '';
    lines.push(`${relative(base, path)} ${stat.mode} ${stat.ino} ${times} ${what}`);
    if (!stat.isDirectory()) return;
    for (const name of (await readdir(path)).sort()) {
      if (!own.has(join(path, name))) await walk(join(path, name));
    }
  };
  await walk(base);
  return lines;
}
