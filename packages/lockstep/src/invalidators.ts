import type { FileKey } from '@lockstep/core';

/** A batch of changes as the events `recorded` (every change) and `applied` (those from peers) give it. */
export type ChangeBatch =
  { readonly entries: readonly FileKey[] } | { readonly changes: readonly { readonly entry: FileKey }[] };

/** The part of EJS that is needed. */
export interface EjsCache {
  clearCache(): void;
}

/**
 * A listener that empties EJS's cache when a template changed, so that a page is new on every server without a restart:
 * `sync.on('recorded', ejsInvalidator(ejs))`. Hand it the very module that renders: `app.engine('ejs', ejs.renderFile)`.
 */
export function ejsInvalidator(
  ejs: EjsCache,
  options: { folder?: string } = {},
): (batch: ChangeBatch) => void {
  return changeListener(options.folder ?? 'templates', () => ejs.clearCache());
}

/** A listener that runs `invalidate` once per batch that changed something in the folder. */
export function changeListener(folder: string, invalidate: () => void): (batch: ChangeBatch) => void {
  return (batch) => {
    const files = 'entries' in batch ? batch.entries : batch.changes.map((change) => change.entry);
    if (files.some((file) => file.folder === folder)) invalidate();
  };
}
