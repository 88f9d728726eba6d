import type { Configuration } from '../configuration/configuration.js';
import { mountDoor, type Door, type MountableApp } from './door.js';

/** The places in the app's order of middleware. */
export interface Doors {
  readonly sync: Door;
  readonly monitor: Door;
}

/** Mounts both doors, closed. */
export function mountDoors(app: MountableApp, configuration: Configuration): Doors {
  return {
    sync: mountDoor(app, configuration.mountPath, { needsBody: true }),
    monitor: mountDoor(app, configuration.monitorPath, { needsBody: false }),
  };
}

/** From now on both answer 503 CLOSED. */
export function closeDoors(doors: Doors): void {
  doors.sync.close('CLOSED');
  doors.monitor.close('CLOSED');
}
