declare const pathBrand: unique symbol;
declare const digestBrand: unique symbol;

/** A POSIX path relative to its folder, NFC, checked by `parsePath`: safe to join under a folder's root. */
export type SyncPath = string & { readonly [pathBrand]: true };

/** SHA-256 of a file's content, 64 lower-case hex digits, checked by `parseDigest`. */
export type Digest = string & { readonly [digestBrand]: true };

/** Names one file of a replica. */
export interface FileKey {
  readonly folder: string;
  readonly path: SyncPath;
}

/** One string per file key, for maps and locks. NUL cannot occur in a folder or a path. */
export function keyOf(file: FileKey): string {
  return `${file.folder}\0${file.path}`;
}
