import { createCsync2 } from './csync2.js';
import { createBareApp, createLockstep } from './lockstep.js';
import { createLsyncd } from './lsyncd.js';
import { createRawCopy } from './raw-copy.js';
import type { Rival } from './rival.js';
import { createRsyncLoop } from './rsync-loop.js';
import { createSyncthing } from './syncthing.js';
import { createUnison } from './unison.js';

/** Every tool at every setting, Lockstep first. */
export function allRivals(): readonly Rival[] {
  return [
    createLockstep('fsync'),
    createLockstep('os'),
    createLsyncd(0, 'fsync'),
    createLsyncd(0, 'os'),
    createLsyncd(null, 'os'),
    createRsyncLoop('fsync'),
    createRsyncLoop('os'),
    createSyncthing(1, 'fsync'),
    createSyncthing(1, 'os'),
    createSyncthing(null, 'fsync'),
    createUnison(),
    createCsync2(),
    createRawCopy(),
    createBareApp(),
  ];
}
