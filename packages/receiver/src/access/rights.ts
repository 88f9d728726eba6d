import { SyncError, type NodeId } from '@lockstep/core';
import { invalidOption, refuseUnknown } from '../invalid-option.js';

export type Right = 'read' | 'write' | 'delete';

/** Per peer and folder, what is allowed. A peer or folder that is not listed is allowed nothing. */
export type RightsTable = Readonly<Record<NodeId, Readonly<Partial<Record<string, readonly Right[]>>>>>;

/** Answers what a peer may do. */
export interface Rights {
  has(node: NodeId, folder: string, right: Right): boolean;
  /** The folders that it may read when there are others that it may not; null when it may read all. */
  readableOf(node: NodeId): readonly string[] | null;
}

const everyRight: readonly unknown[] = ['read', 'write', 'delete'] satisfies Right[];

/** Without a table every peer that knows the secret may do everything. Throws OPTION_INVALID for unknown folders and rights. */
export function parseRights(table: RightsTable | undefined, folders: readonly string[]): Rights {
  if (table === undefined) return { has: () => true, readableOf: () => null };
  const granted = new Set<string>();
  for (const [node, byFolder] of Object.entries(table)) {
    refuseUnknown(byFolder, folders, `rights.${node}.`);
    for (const [folder, rights = []] of Object.entries(byFolder)) {
      for (const right of rights) {
        if (!everyRight.includes(right)) {
          throw invalidOption(`rights.${node}.${folder}`, right, 'Give some of "read", "write", "delete"');
        }
        granted.add(keyOf(node, folder, right));
      }
    }
  }
  const has: Rights['has'] = (node, folder, right) => granted.has(keyOf(node, folder, right));
  return {
    has,
    readableOf(node) {
      const readable = folders.filter((folder) => has(node, folder, 'read'));
      return readable.length === folders.length ? null : readable;
    },
  };
}

/** RIGHT_MISSING, naming peer, folder and right. */
export function rightMissing(node: NodeId, folder: string, right: Right): SyncError {
  return new SyncError(
    'RIGHT_MISSING',
    `Refused "${node}": it may not ${right} in "${folder}" on this server. Give it the right, or stop sending the folder.`,
    { details: { node, base_folder: folder, right } },
  );
}

function keyOf(node: NodeId, folder: string, right: Right): string {
  return `${node}\0${folder}\0${right}`;
}
