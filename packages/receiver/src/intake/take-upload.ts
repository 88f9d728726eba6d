import { SyncError, uploadParts, type ManifestAnswer, type ParsedManifest } from '@lockstep/core';
import type { Request, Response } from 'express';
import type { Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';
import { acceptManifest } from './accept-manifest.js';
import { admitAll, type Admitted } from './admit.js';
import { decideAll } from './apply-manifest.js';
import { mayUseParts } from './offer-parts.js';
import { createByteReader, type ByteReader } from './byte-reader.js';
import { readMultipart, type Fields } from './multipart.js';
import type { Taken } from './stage-batch.js';
import { takeContents } from './take-contents.js';

/**
 * Takes an upload of a peer: the manifest first, proved by the signature before a byte of content is taken, then the contents, then one
 * decision for all. A client that breaks off leaves nothing behind.
 */
export async function takeUpload(
  parts: Parts,
  peer: Peer,
  req: Request,
  res: Response,
): Promise<ManifestAnswer> {
  const { limits, replica } = parts.options;
  const taken = new Map<number, Taken>();
  let open: OpenUpload | null = null;
  try {
    const fields = await readMultipart(req, res, {
      fileField: uploadParts.contents,
      maxFields: 1,
      maxFieldBytes: limits.maxManifestBytes,
      maxFileBytes: limits.maxRequestBytes,
      maxUnpackedBytes: limits.maxRequestBytes,
      tooManyBytes: 'REQUEST_TOO_LARGE',
      take: (before, reader) => takeAll(parts, (open = openUpload(parts, peer, before)), reader, taken),
    });
    // An upload without contents, of empty files and tombstones only, is complete with its manifest.
    open ??= await withoutContents(parts, openUpload(parts, peer, fields), taken);
  } catch (error) {
    await replica.staging.discard([...taken.values()].filter(isTaken));
    throw error;
  }
  return decideAll(parts, peer, open.entries, taken);
}

interface OpenUpload {
  readonly entries: readonly Admitted[];
  readonly bytes: readonly number[];
}

function openUpload(parts: Parts, peer: Peer, fields: Fields): OpenUpload {
  const json = fields[uploadParts.manifest];
  if (typeof json !== 'string') {
    throw new SyncError(
      'REQUEST_MALFORMED',
      `Refused an upload: the field "${uploadParts.manifest}" must come once, as text without a file name, before "${uploadParts.contents}".`,
      { details: { field: uploadParts.manifest } },
    );
  }
  const manifest = acceptManifest(parts, peer, json);
  const entries = admitAll(parts, peer.node, manifest).map((item) => refuseParts(parts, peer, item));
  return { entries, bytes: manifest.entries.map((item) => bytesOf(item)) };
}

function bytesOf(item: ParsedManifest['entries'][number]): number {
  if (item.bytes !== null) return item.bytes;
  const why = 'error' in item ? item.error.message : '';
  throw new SyncError(
    'REQUEST_MALFORMED',
    `Refused an upload: an entry does not say how many bytes are its own. ${why}`,
    {
      details: { field: 'size' },
    },
  );
}

/** A peer that may not read a folder must not have a file of it put together from what is in there. */
function refuseParts(parts: Parts, peer: Peer, item: Admitted): Admitted {
  if ('error' in item || !item.sent || mayUseParts(parts, peer, item.entry.folder)) return item;
  const message = `Refused "${item.entry.path}" in parts: send it whole.`;
  return { error: new SyncError('CONTENT_MISSING', message) };
}

async function takeAll(
  parts: Parts,
  open: OpenUpload,
  reader: ByteReader,
  taken: Map<number, Taken>,
): Promise<void> {
  try {
    await takeContents(parts.options.replica, reader, open, taken);
  } finally {
    parts.tally.bytes(reader.total);
    await reader.close();
  }
}

async function withoutContents(
  parts: Parts,
  open: OpenUpload,
  taken: Map<number, Taken>,
): Promise<OpenUpload> {
  await takeContents(parts.options.replica, createByteReader(emptyStream()), open, taken);
  return open;
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {
  // Gives nothing.
}

function isTaken(taken: Taken): taken is Exclude<Taken, SyncError> {
  return !(taken instanceof SyncError);
}
