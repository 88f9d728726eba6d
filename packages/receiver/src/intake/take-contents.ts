import { largeContentBytes, SyncError, type Digest, type Replica, type Transfer } from '@lockstep/core';
import type { Admitted } from './admit.js';
import type { ByteReader } from './byte-reader.js';
import { createStageBatch, smallBytes, type StageBatch, type Taken } from './stage-batch.js';
import { stageStream } from './stage-stream.js';

interface Content {
  readonly folder: string;
  readonly digest: Digest;
  readonly size: number;
  readonly transfer: Transfer | null;
}

/** What contents are taken into. */
export type Intake = Pick<Replica, 'staging' | 'transferOf'>;

export interface ContentsPlan {
  /** Entries in the order of the manifest; of those that are refused the bytes are passed over. */
  readonly entries: readonly Admitted[];
  /** How many bytes belong to each. */
  readonly bytes: readonly number[];
}

/**
 * Splits the contents part of an upload by the sizes of its manifest and stages what is admitted. What became of each goes to `taken`, also
 * when this throws: the caller then owes `discard`. Throws BrokenBody, and CHECKSUM_MISMATCH when there are more bytes than announced.
 */
export async function takeContents(
  intake: Intake,
  reader: ByteReader,
  plan: ContentsPlan,
  taken: Map<number, Taken>,
): Promise<void> {
  const { staging } = intake;
  const batch = createStageBatch(staging, taken);
  try {
    for (const [at, admitted] of plan.entries.entries()) {
      const bytes = plan.bytes[at] ?? 0;
      const content = contentOf(intake, admitted);
      if (content) await takeOne(staging, reader, { at, bytes, content, batch, taken });
      else await reader.skip(bytes);
    }
  } finally {
    await batch.finish();
  }
  if (!(await reader.isAtEnd())) {
    throw new SyncError(
      'CHECKSUM_MISMATCH',
      'Refused an upload whose contents go on after the sizes that its manifest names.',
    );
  }
}

interface Taking {
  readonly at: number;
  readonly bytes: number;
  readonly content: Content;
  readonly batch: StageBatch;
  readonly taken: Map<number, Taken>;
}

async function takeOne(staging: Replica['staging'], reader: ByteReader, taking: Taking): Promise<void> {
  const { at, content, batch, taken } = taking;
  const { folder, digest, size, transfer } = content;
  if (size > smallBytes || transfer) {
    const streamed = {
      folder,
      bytes: taking.bytes,
      expected: { digest, size },
      ...(transfer && { transfer }),
    };
    taken.set(at, await stageStream(staging, reader, streamed));
    return;
  }
  const got = await batch.take(at, { folder, digest, size }, reader);
  if (got < size) taken.set(at, tooShort(size, got));
}

/** What is to be kept of an entry; null when it is refused, or has no bytes at all. */
function contentOf({ transferOf }: Intake, admitted: Admitted): Content | null {
  if ('error' in admitted || admitted.entry.state === 'deleted') return null;
  const { entry, chunks, sent } = admitted;
  const { folder, digest, size } = entry;
  const parts = chunks && sent ? { chunks, sent } : undefined;
  const transfer = parts || size > largeContentBytes ? transferOf(entry, parts) : null;
  return { folder, digest, size, transfer };
}

/** CHECKSUM_MISMATCH for a content of which bytes are missing. */
export function tooShort(size: number, got: number): SyncError {
  return new SyncError(
    'CHECKSUM_MISMATCH',
    `Took in ${got} bytes of a content announced with ${size}: it is to be sent again.`,
    {
      details: { size, got },
    },
  );
}
