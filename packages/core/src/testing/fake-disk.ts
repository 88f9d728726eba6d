import type { Disk } from '../ports/disk.js';
import {
  openFakeDirectory,
  openFakeReader,
  openFakeWriter,
  setAttributes,
  type Steps,
} from './fake-disk/handles.js';
import { findThrough, saveNames } from './fake-disk/names.js';
import { statNode } from './fake-disk/node.js';
import {
  copyNode,
  createFile,
  existingFile,
  linkNode,
  lookUp,
  makeDirectory,
  namesIn,
  removeDirectory,
  renameNode,
  unlinkNode,
} from './fake-disk/operations.js';
import { survive } from './fake-disk/power-cut.js';
import { createDiskUser, type DiskUser } from './fake-disk/user.js';
import {
  createVolume,
  failure,
  saveFile,
  type FakeDiskOptions,
  type Volume,
  type WriteStep,
} from './fake-disk/volume.js';

export type { DiskUser, UserFile } from './fake-disk/user.js';
export type { FakeDiskOptions, WriteStep } from './fake-disk/volume.js';

/** A disk in memory that a simulation can fill, cut off and look into. */
export interface FakeDisk extends Disk {
  /** What people and programs beside Lockstep do. */
  readonly user: DiskUser;
  /** Bytes that fit. */
  capacityBytes: number;
  readonly usedBytes: number;
  /** Runs before every step that changes something. What it throws becomes the step's failure: the step does not happen. */
  onWrite: ((step: WriteStep) => void) | null;
  /**
   * Ends this disk (every later step fails) and gives the one that the machine finds when it comes back. With `powerCut`
   * (default) what was not flushed may be lost, as the seed decides; without, the process was killed and everything is kept.
   */
  crash(options?: { readonly powerCut?: boolean }): FakeDisk;
}

/** Thrown by every step of a disk that has crashed. No error of the catalogue: nobody may take it for an answer. */
export class DiskGone extends Error {
  override readonly name = 'DiskGone';
}

/** An empty fake disk. */
export function createFakeDisk(options: FakeDiskOptions): FakeDisk {
  return wrap(createVolume(options));
}

function wrap(volume: Volume): FakeDisk {
  const steps = createSteps(volume);
  return {
    ...readingSide(volume, steps),
    ...changingSide(volume, steps),
    user: createDiskUser(volume),
    get capacityBytes() {
      return volume.capacityBytes;
    },
    set capacityBytes(bytes) {
      volume.capacityBytes = bytes;
    },
    get usedBytes() {
      return volume.usedBytes;
    },
    get onWrite() {
      return volume.onWrite;
    },
    set onWrite(hook) {
      volume.onWrite = hook;
    },
    crash: ({ powerCut = true } = {}) => wrap(survive(volume, powerCut)),
  };
}

function createSteps(volume: Volume): Steps {
  const run = <T>(step: () => T): Promise<T> => {
    if (volume.dead) return Promise.reject(new DiskGone('Worked on a disk that has crashed.'));
    try {
      return Promise.resolve(step());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    reading: run,
    changing: (operation, path, step) =>
      run(() => {
        volume.onWrite?.({ operation, path });
        if (volume.dead) throw new DiskGone('Worked on a disk that has just crashed.');
        return step();
      }),
  };
}

type ReadingSide = Pick<Disk, 'stat' | 'list' | 'openDirectory' | 'openRead'>;

function readingSide(volume: Volume, steps: Steps): ReadingSide {
  return {
    stat: (path) =>
      steps.reading(() => {
        const node = lookUp(volume, 'look at', path);
        return node === null ? null : statNode(node);
      }),
    list: (path) => steps.reading(() => namesIn(volume, path)),
    openDirectory: (path, { followLink = false } = {}) =>
      steps.reading(() => {
        if (lookUp(volume, 'list', path) === null) return null;
        const node = followLink ? findThrough(volume, 'list', path).node : lookUp(volume, 'list', path);
        if (node === null) return null;
        if (node.kind === 'symlink') throw failure('PATH_THROUGH_LINK', 'list', path);
        if (node.kind !== 'directory') throw failure('PATH_BLOCKED', 'list', path);
        if ((node.mode & 0o444) === 0) throw failure('NOT_PERMITTED', 'list', path);
        return openFakeDirectory(volume, steps, node);
      }),
    openRead: (path) =>
      steps.reading(() => {
        const node = lookUp(volume, 'open', path);
        if (node === null) return null;
        if (node.kind === 'symlink') throw failure('PATH_THROUGH_LINK', 'open', path);
        if ((node.mode & 0o444) === 0) throw failure('FILE_UNREADABLE', 'open', path);
        return openFakeReader(steps, node);
      }),
  };
}

function changingSide(volume: Volume, steps: Steps): Omit<Disk, keyof ReadingSide> {
  return {
    create: (path) =>
      steps.changing('create', path, () => openFakeWriter(volume, steps, createFile(volume, path), path)),
    openAppend: (path) =>
      steps.reading(() => openFakeWriter(volume, steps, existingFile(volume, 'write', path), path)),
    rename: (from, to) => steps.changing('rename', to, () => renameNode(volume, from, to)),
    link: (from, to) => steps.changing('link', to, () => linkNode(volume, from, to)),
    copy: (from, to) => steps.changing('copy', to, () => copyNode(volume, from, to)),
    unlink: (path) => steps.changing('remove', path, () => unlinkNode(volume, path)),
    mkdir: (path, mode = 0o755) => steps.changing('make', path, () => makeDirectory(volume, path, mode)),
    rmdir: (path) => steps.changing('remove', path, () => removeDirectory(volume, path)),
    setAttributes: (path, attributes) =>
      steps.changing('change', path, () =>
        setAttributes(volume, existingFile(volume, 'change', path), attributes),
      ),
    syncDirectory: (path) =>
      steps.changing('sync', path, () => {
        const node = lookUp(volume, 'sync', path);
        if (node?.kind !== 'directory')
          throw failure(node === null ? 'NOT_FOUND' : 'PATH_BLOCKED', 'sync', path);
        saveNames(node);
      }),
    syncFile: (path) => steps.changing('sync', path, () => saveFile(existingFile(volume, 'sync', path))),
  };
}
