import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '@lockstep/core/node';
import { createArming } from './arming.js';

function meet(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-arming-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const armed = new Set([root]);
  const directory = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path);
    utimesSync(path, 1_000, 1_000);
    return path;
  };
  return { root, armed, directory, arming: createArming(systemClock, (path) => armed.has(path)) };
}

describe('A directory that is not armed yet', () => {
  it('is told from when its name stirs until it is armed, though it was listed meanwhile', (t) => {
    const { root, armed, directory, arming } = meet(t);
    const path = directory('new');
    assert.deepEqual(arming.unarmed(), []);
    arming.stirred(path);
    assert.deepEqual(arming.unarmed(), [path]);
    const listed = arming.listing(root);
    assert.deepEqual(arming.unarmed(), [path], 'while the listing is under way');
    arming.found(path);
    listed();
    assert.deepEqual(arming.unarmed(), [path]);
    arming.listing(path)();
    assert.deepEqual(arming.unarmed(), [path]);
    armed.add(path);
    arming.armed(path);
    assert.deepEqual(arming.unarmed(), []);
  });

  it('is not told when it is a file, is gone, or was armed all the time', (t) => {
    const { root, armed, directory, arming } = meet(t);
    writeFileSync(join(root, 'file'), 'x');
    const known = directory('known');
    armed.add(known);
    const gone = directory('gone');
    arming.found(gone);
    for (const name of ['file', 'known', 'gone', 'never']) arming.stirred(join(root, name));
    rmdirSync(gone);
    assert.deepEqual(arming.unarmed(), []);
  });

  it('is forgotten once it is armed, and when it was deleted', (t) => {
    const { armed, directory, arming } = meet(t);
    const [kept, gone] = [directory('kept'), directory('gone')];
    for (const path of [kept, gone]) {
      arming.found(path);
      arming.listing(path)();
      armed.add(path);
      arming.armed(path);
    }
    assert.equal(arming.size, 0);
    rmdirSync(gone);
    arming.stirred(gone);
    armed.delete(gone);
    arming.listing(gone)();
    arming.listing(dirname(gone))();
    assert.equal(arming.size, 0);
  });

  it('is told by the directory around it when too many names stirred there', (t) => {
    const { root, arming } = meet(t);
    for (let at = 0; at < 256; at += 1) arming.stirred(join(root, `name${at}`));
    assert.deepEqual(arming.unarmed(), [root]);
    const listed = arming.listing(root);
    assert.deepEqual(arming.unarmed(), [root]);
    listed();
    assert.deepEqual(arming.unarmed(), []);
  });

  it('is to be listed again when it changed since, or so lately that nobody can tell', (t) => {
    const { directory, arming } = meet(t);
    const calm = directory('calm');
    arming.listing(calm);
    assert.equal(arming.armed(calm), false);
    const changed = directory('changed');
    arming.listing(changed);
    mkdirSync(join(changed, 'below'));
    assert.equal(arming.armed(changed), true);
    const young = directory('young');
    utimesSync(young, new Date(), new Date());
    arming.listing(young);
    assert.equal(arming.armed(young), true);
    assert.equal(arming.armed(directory('unlisted')), true);
  });
});
