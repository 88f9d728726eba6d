import { SyncError } from '../model/error.js';
import type { FolderPlace } from '../ports/work.js';

/** Finds where a folder lies; throws FOLDER_UNKNOWN. */
export type PlaceOf = (folder: string) => FolderPlace;

/** Looks folders up by name. */
export function createPlaces(places: readonly FolderPlace[]): PlaceOf {
  const byFolder = new Map(places.map((place) => [place.folder, place]));
  return (folder) => {
    const place = byFolder.get(folder);
    if (place !== undefined) return place;
    const known = [...byFolder.keys()].join(', ');
    throw new SyncError(
      'FOLDER_UNKNOWN',
      `Looked for the folder "${folder}", but only ${known} are configured.`,
      {
        details: { folder },
      },
    );
  };
}

/** The directory part of a path in a folder; empty for the folder's root. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last component. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** How many directories lead to this path. */
export function depthOf(path: string): number {
  return path.split('/').length - 1;
}
