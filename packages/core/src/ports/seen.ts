import type { Stamp } from '../model/entry.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { Digest } from '../model/path.js';
import type { FileKind } from './disk.js';

/** What the disk shows at one path, after a stable read. */
export type Seen =
  | SeenFile
  | { readonly kind: 'missing'; readonly keptParents: number }
  | { readonly kind: 'directory' }
  /** A link, socket, device, or a path that leads through a link: left out, never followed. */
  | { readonly kind: 'special'; readonly what: FileKind }
  | { readonly kind: 'unreadable'; readonly code: ErrorCode; readonly message: string }
  /** It changed while it was read: take it again after a longer quiet time. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'too-large'; readonly size: number };

export interface SeenFile {
  readonly kind: 'file';
  readonly digest: Digest;
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly stamp: Stamp;
  /** The content when it is small and was asked for. */
  readonly bytes?: Uint8Array;
}
