import { test } from 'node:test';
import { catchUpRun } from './catch-up-run.js';

test(
  'a peer that was away for thousands of changes and deletions receives the difference and nothing else',
  { timeout: 240_000 },
  () => catchUpRun({ files: 6_000, changed: 2_000, deleted: 1_400 }),
);
