import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { untilBeat } from './until-beat.js';

describe('The wait for the next beat', () => {
  const cases: readonly [title: string, nowMs: number, waitMs: number][] = [
    ['on a beat it is the next one', 7_000, 1_000],
    ['soon after a beat it is the next one', 7_200, 800],
    ['half way it is the next one', 7_500, 500],
    ['shortly before a beat, where a timer that came early is, it is the one after', 7_999, 1_001],
    ['a little earlier too', 7_501, 1_499],
  ];
  for (const [title, nowMs, waitMs] of cases) {
    it(title, () => assert.equal(untilBeat(nowMs, 1_000), waitMs));
  }
});
