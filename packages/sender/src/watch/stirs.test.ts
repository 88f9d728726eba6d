import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileKey } from '@lockstep/core/testing';
import { createStirs } from './stirs.js';

const page = fileKey('static', 'd/page.html');

describe('A missing file', () => {
  it('went alone when its deletion is all that was hinted in its directory', () => {
    const stirs = createStirs(300);
    stirs.hint('static', 'other/page.html', 990);
    stirs.hint('templates', 'd/page.html', 990);
    stirs.hint('static', 'd', 990);
    stirs.hint('static', page.path, 1_000);
    stirs.missing(page);
    assert.equal(stirs.isAlone(page), true);
  });

  it('went alone when the others in its directory went too', () => {
    const stirs = createStirs(300);
    for (const path of ['d/page.html', 'd/b.html', 'd/c.html']) {
      stirs.hint('static', path, 1_000);
      stirs.missing(fileKey('static', path));
    }
    assert.equal(stirs.isAlone(page), true);
  });

  it('did not go alone when one of those came back', () => {
    const stirs = createStirs(300);
    for (const path of ['d/page.html', 'd/b.html']) {
      stirs.hint('static', path, 1_000);
      stirs.missing(fileKey('static', path));
    }
    stirs.hint('static', 'd/b.html', 1_050);
    assert.equal(stirs.isAlone(page), false);
  });

  it('did not go alone when it was hinted shortly before: it is being saved', () => {
    for (const beforeMs of [850, 980]) {
      const stirs = createStirs(300);
      stirs.hint('static', page.path, beforeMs);
      stirs.hint('static', page.path, 1_000);
      stirs.missing(page);
      assert.equal(stirs.isAlone(page), false);
    }
  });

  it('did not go alone when something else was hinted in its directory, before or after', () => {
    for (const [firstMs, secondMs] of [
      [710, 1_000],
      [1_000, 1_000],
      [1_000, 1_070],
    ] as const) {
      const stirs = createStirs(300);
      stirs.hint('static', 'd/4913', firstMs);
      stirs.hint('static', page.path, secondMs);
      stirs.missing(page);
      assert.equal(stirs.isAlone(page), false);
    }
  });

  it('went alone when the others were hinted long ago', () => {
    const stirs = createStirs(300);
    stirs.hint('static', 'd/4913', 0);
    stirs.hint('static', page.path, 601);
    stirs.missing(page);
    assert.equal(stirs.isAlone(page), true);
  });

  it('did not go alone for all that is known when no hint told of it', () => {
    assert.equal(createStirs(300).isAlone(page), false);
  });

  it('did not go alone in a directory with more names than are remembered', () => {
    const stirs = createStirs(300);
    for (let at = 0; at < 200; at += 1) stirs.hint('static', `d/f${at}`, 1_000);
    for (let at = 0; at < 200; at += 1) stirs.missing(fileKey('static', `d/f${at}`));
    assert.equal(stirs.isAlone(fileKey('static', 'd/f0')), false);
  });
});
