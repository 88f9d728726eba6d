import { describe } from 'node:test';
import { entryContract } from './index-contract/entries.js';
import type { OpenIndex } from './index-contract/harness.js';
import { lazyContract } from './index-contract/lazy.js';
import { peerContract } from './index-contract/peers.js';
import { readingContract } from './index-contract/reading.js';
import { recordContract } from './index-contract/records.js';
import { sumContract } from './index-contract/sums.js';
import { transactionContract } from './index-contract/transactions.js';

export type { IndexUnderTest, OpenIndex } from './index-contract/harness.js';

/** Declares the tests that every implementation of `IndexStore` passes. */
export function indexContract(name: string, open: OpenIndex): void {
  describe(name, () => {
    entryContract(open);
    sumContract(open);
    transactionContract(open);
    readingContract(open);
    lazyContract(open);
    peerContract(open);
    recordContract(open);
  });
}
