export { createWork, type WorkOptions } from '../work/index.js';
export { digestOf, fileKey, liveEntry, tombstone, versionOf } from './entries.js';
export { createFakeClock, type FakeClock } from './fake-clock.js';
export {
  createFakeDisk,
  DiskGone,
  type DiskUser,
  type FakeDisk,
  type FakeDiskOptions,
  type UserFile,
  type WriteStep,
} from './fake-disk.js';
export { indexContract, type IndexUnderTest, type OpenIndex } from './index-contract.js';
export { createMemoryIndex, type MemoryIndex, type MemoryIndexOptions } from './memory-index.js';
export { createSeededRandom, type SeededRandom } from './seeded-random.js';
