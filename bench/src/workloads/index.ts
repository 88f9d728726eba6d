import type { Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { burst } from './burst.js';
import { churn, twoWayChurn } from './churn.js';
import { eventLoop } from './event-loop.js';
import { fanOut } from './fan-out.js';
import { folderRename } from './folder-rename.js';
import { growth } from './growth.js';
import { idle } from './idle.js';
import { largeFile } from './large-file.js';
import { realTree } from './real-tree.js';
import { singleChanges } from './single-changes.js';
import { slowLink, thinLink } from './slow-link.js';
import { catchUp, coldStart, restart } from './starts.js';

/** All work, in the order of the table. `cache` keeps what is fetched once. */
export function allWorkloads(scale: Scale, cache: string): readonly Workload[] {
  return [
    ...singleChanges(),
    burst(scale),
    realTree(cache),
    ...largeFile(),
    folderRename(scale),
    churn(scale),
    twoWayChurn(scale),
    ...idle(scale),
    catchUp(scale),
    coldStart(scale),
    ...restart(scale),
    ...fanOut(scale),
    slowLink(),
    thinLink(),
    ...eventLoop(scale),
    ...growth(scale),
  ];
}
