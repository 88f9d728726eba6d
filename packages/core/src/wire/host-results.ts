import type { z } from 'zod';
import type { Entry } from '../model/entry.js';
import { errorCatalogue, type ErrorCode } from '../model/error-catalogue.js';
import { SyncError } from '../model/error.js';
import { isSyncPath } from '../model/parse-path.js';
import type { SyncPath } from '../model/path.js';
import { fromWire } from './entry.js';
import { makeLate } from './shapes.js';

/** Entries and paths of one scan that travel between processes; the counts are of all. */
export const maxScanListed = 1000;

const shapes = makeLate((z) => {
  const count = z.number().min(0);
  const list = <T extends z.ZodType>(each: T) => z.array(each).max(maxScanListed);
  const path = z.custom<SyncPath>((input) => typeof input === 'string' && isSyncPath(input));
  const file = z.object({ folder: z.string(), path });
  const code = z.custom<ErrorCode>(
    (input) => typeof input === 'string' && Object.hasOwn(errorCatalogue, input),
  );

  const flushed = z.object({ peers: z.array(z.string()), ms: count });
  const restored = z.object({
    restored: count,
    failed: z.array(z.object({ path: z.string(), message: z.string() })),
  });
  const scanned = z.array(
    z.object({
      folder: z.string(),
      files: count,
      rootPresent: z.boolean(),
      ms: count,
      recorded: list(z.unknown()),
      missing: list(file),
      changing: list(file),
      skipped: list(z.object({ path: z.string(), reason: z.string(), size: z.number().nullable() })),
      unreadable: list(z.object({ path: z.string(), code })),
    }),
  );

  return { flushed, restored, scanned };
});

type Shapes = ReturnType<typeof shapes>;

export type HostFlushed = z.infer<Shapes['flushed']>;
export type HostRestored = z.infer<Shapes['restored']>;
export type HostScanned = Omit<z.infer<Shapes['scanned']>[number], 'recorded'> & {
  readonly recorded: readonly Entry[];
};

/** Reads what the sending process answered to `flush`. Throws REQUEST_MALFORMED, as the others do. */
export function parseHostFlushed(result: unknown): HostFlushed {
  return parse(shapes().flushed, result, 'flush');
}

/** The answer to `restoreHold`. */
export function parseHostRestored(result: unknown): HostRestored {
  return parse(shapes().restored, result, 'restoreHold');
}

/** The answer to `rescan`: of each list at most `maxScanListed`. */
export function parseHostScanned(result: unknown): readonly HostScanned[] {
  return parse(shapes().scanned, result, 'rescan').map((report) => ({
    ...report,
    recorded: report.recorded.map((entry) => fromWire(entry)),
  }));
}

function parse<T>(schema: z.ZodType<T>, result: unknown, what: string): T {
  const checked = schema.safeParse(result);
  if (checked.success) return checked.data;
  throw new SyncError(
    'REQUEST_MALFORMED',
    `Could not read what the sending process of this host answered to ${what}. Run the same release in all of them.`,
    { cause: checked.error },
  );
}
