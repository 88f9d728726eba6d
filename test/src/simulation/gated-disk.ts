import type { Disk, DiskDirectory, DiskReader, DiskWriter } from '@lockstep/core';
import { pending } from './life.js';

/** What the simulation does around the steps of a server's disk. */
export interface Gate {
  /** Waits as long as the seed wants before a step; others go on meanwhile. Null: the step goes at once. */
  wait(): Promise<void> | null;
  /** Asked before each step that changes something: false when the machine stops right here. */
  beforeWrite(operation: string, path: string): boolean;
  /** A name or an attribute changed at this absolute path. */
  changed(path: string): void;
  readonly isAlive: boolean;
}

/**
 * The disk as one life of a server reaches it. Steps that look may wait, and so may those that nobody can disturb (staged files, the archive,
 * flushes). A rename, a removal or a change of attributes follows the last look at its target at once: between the two lies the one window that
 * the file system leaves open, a few microseconds, and no program can close it.
 */
export function gateDisk(disk: Disk, gate: Gate): Disk {
  const names = new Map<string, string>();
  /** The absolute path of one below an open directory. */
  const absolute = (path: string): string => {
    for (const [prefix, name] of names) {
      if (path.startsWith(`${prefix}/`)) return `${name}${path.slice(prefix.length)}`;
    }
    return names.get(path) ?? path;
  };
  const steps = createSteps(gate, absolute);
  const { look, write, change } = steps;

  return {
    stat: (path) => look(() => disk.stat(path)),
    list: (path) => look(() => disk.list(path)),
    openDirectory: async (path, options) => {
      const directory = await look(() => disk.openDirectory(path, options));
      if (directory === null) return null;
      names.set(directory.path, absolute(path));
      return gateDirectory(directory, steps, () => names.delete(directory.path));
    },
    openRead: async (path) => {
      const reader = await look(() => disk.openRead(path));
      return reader === null ? null : gateReader(reader, steps);
    },
    create: async (path) => gateWriter(await write('create', path, () => disk.create(path)), path, steps),
    openAppend: async (path) => gateWriter(await look(() => disk.openAppend(path)), path, steps),
    copy: (from, to) => write('copy', to, () => disk.copy(from, to)),
    link: (from, to) => write('link', to, () => disk.link(from, to)),
    syncDirectory: (path) => write('sync', path, () => disk.syncDirectory(path)),
    syncFile: (path) => write('sync', path, () => disk.syncFile(path)),
    rename: (from, to) => change('rename', to, () => disk.rename(from, to), from),
    unlink: (path) => change('unlink', path, () => disk.unlink(path)),
    mkdir: (path, mode) => change('mkdir', path, () => disk.mkdir(path, mode)),
    rmdir: (path) => change('rmdir', path, () => disk.rmdir(path)),
    setAttributes: (path, attributes) =>
      change('attributes', path, () => disk.setAttributes(path, attributes)),
  };
}

interface Steps {
  readonly look: <T>(step: () => Promise<T>) => Promise<T>;
  readonly write: <T>(operation: string, path: string, step: () => Promise<T>) => Promise<T>;
  readonly change: <T>(operation: string, path: string, step: () => Promise<T>, also?: string) => Promise<T>;
}

function createSteps(gate: Gate, absolute: (path: string) => string): Steps {
  function look<T>(step: () => Promise<T>): Promise<T> {
    if (!gate.isAlive) return pending();
    const wait = gate.wait();
    return wait === null ? step() : wait.then(() => (gate.isAlive ? step() : pending<T>()));
  }

  function now<T>(operation: string, path: string, step: () => Promise<T>): Promise<T> {
    if (!gate.isAlive || !gate.beforeWrite(operation, absolute(path))) return pending();
    return step();
  }

  return {
    look,
    write: async (operation, path, step) => {
      const result = await look(() => now(operation, path, step));
      if (operation === 'link') gate.changed(absolute(path));
      return result;
    },
    change: async (operation, path, step, also) => {
      const result = await now(operation, path, step);
      gate.changed(absolute(path));
      if (also !== undefined) gate.changed(absolute(also));
      return result;
    },
  };
}

function gateDirectory(directory: DiskDirectory, steps: Steps, closed: () => void): DiskDirectory {
  return {
    path: directory.path,
    identity: () => directory.identity(),
    isCurrent: () => directory.isCurrent(),
    sync: () => steps.write('sync', directory.path, () => directory.sync()),
    close: () => {
      closed();
      return directory.close();
    },
  };
}

function gateReader(reader: DiskReader, steps: Steps): DiskReader {
  return {
    stat: () => steps.look(() => reader.stat()),
    read: (position, length, into) => steps.look(() => reader.read(position, length, into)),
    close: () => reader.close(),
  };
}

function gateWriter(writer: DiskWriter, path: string, { write, change }: Steps): DiskWriter {
  return {
    write: (bytes) => write('write', path, () => writer.write(bytes)),
    setAttributes: (attributes) => change('attributes', path, () => writer.setAttributes(attributes)),
    sync: () => write('sync', path, () => writer.sync()),
    close: () => writer.close(),
  };
}
