import { systemClock } from '@lockstep/core/node';
import { watcherContract } from '../testing/watcher-contract.js';
import { createChokidarWatcher } from './chokidar-watcher.js';

watcherContract('chokidar, directories only', () => createChokidarWatcher(systemClock));
