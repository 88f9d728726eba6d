import type { Log } from '@lockstep/core';
import type { Configuration } from '../configuration/configuration.js';
import { mountDoor, type Door, type MountableApp } from './door.js';

/** The places in the app's order of middleware. */
export interface Doors {
  readonly sync: Door;
  readonly monitor: Door;
}

/** Mounts both doors, closed. */
export function mountDoors(app: MountableApp, configuration: Configuration, log: Log): Doors {
  return {
    sync: mountDoor(app, configuration.mountPath, { needsBody: true, log }),
    monitor: mountDoor(app, configuration.monitorPath, { needsBody: false, log }),
  };
}

/** From now on both answer 503 CLOSED. */
export function closeDoors(doors: Doors): void {
  doors.sync.close('CLOSED');
  doors.monitor.close('CLOSED');
}
