import type { ActivityKind, ActivityRow, ActivityStore } from '@lockstep/core';

/** Which part of the history. */
export interface ActivityQuery {
  readonly kind?: ActivityKind | undefined;
  /** Found anywhere in folder/path, peer, code or message, whatever the case. */
  readonly text: string;
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

/** History newest first; `next` continues it (as `beforeId`), null at its end. */
export interface ActivityPage {
  readonly rows: readonly ActivityRow[];
  readonly next: number | null;
}

/** Rows read at once while looking for a text. */
const sliceRows = 500;

/** A page of the history. The history is bounded (5,000 rows), so looking through it is. */
export function listActivity(activity: ActivityStore, query: ActivityQuery): ActivityPage {
  const wanted = query.text.trim().toLowerCase();
  const rows: ActivityRow[] = [];
  let beforeId = query.beforeId;
  while (rows.length <= query.limit) {
    const slice = activity.list({
      limit: wanted === '' ? query.limit + 1 : sliceRows,
      ...(beforeId === undefined ? {} : { beforeId }),
      ...(query.kind === undefined ? {} : { kind: query.kind }),
    });
    const last = slice.at(-1);
    if (!last) break;
    rows.push(...slice.filter((row) => wanted === '' || textOf(row).includes(wanted)));
    beforeId = last.id;
  }
  const shown = rows.slice(0, query.limit);
  return { rows: shown, next: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null };
}

function textOf(row: ActivityRow): string {
  const place = row.path === null ? '' : `${row.folder ?? ''}/${row.path}`;
  return [place, row.folder, row.peer, row.code, row.message]
    .filter((part) => part !== null)
    .join('\n')
    .toLowerCase();
}
