import { describe } from 'node:test';
import { committingContract } from './work-contract/committing.js';
import type { OpenWork } from './work-contract/harness.js';
import { observingContract } from './work-contract/observing.js';
import { readingContract } from './work-contract/reading.js';
import { stagingContract } from './work-contract/staging.js';
import { transferringContract } from './work-contract/transferring.js';

export type { OpenWork, WorkBench } from './work-contract/harness.js';

/** Declares the tests that every implementation of `Work` passes. */
export function workContract(name: string, open: OpenWork): void {
  describe(name, () => {
    observingContract(open);
    readingContract(open);
    stagingContract(open);
    transferringContract(open);
    committingContract(open);
  });
}
