import {
  equalsInConstantTime,
  parseDigest,
  parsePath,
  SyncError,
  type Digest,
  type FileKey,
  type LiveEntry,
  type Staged,
} from '@lockstep/core';
import type { Request, Response } from 'express';
import type { Parts } from '../parts.js';
import { knownFolder } from './known-folder.js';
import { readMultipart, type Fields } from './multipart.js';
import { stageStream } from './stage-stream.js';

const maxFieldBytes = 8 * 1024;

/**
 * Takes the plain form of a script: `base_folder` and `path`, then `file`; `checksum` (SHA-256, hex) anywhere. The name that the file
 * has at the client means nothing. The file is a change of this server itself. Nothing is written when anything is wrong.
 */
export async function takePlainUpload(parts: Parts, req: Request, res: Response): Promise<LiveEntry> {
  const { replica } = parts.options;
  let upload: { file: FileKey; staged: Staged } | null = null;
  try {
    const fields = await readMultipart(req, res, {
      fileField: 'file',
      maxFields: 8,
      maxFieldBytes,
      maxFileBytes: replica.maxFileBytes,
      maxUnpackedBytes: null,
      tooManyBytes: 'FILE_TOO_LARGE',
      take: async (before, reader) => {
        const file = readTarget(parts, before);
        const staged = await stageStream(replica.staging, reader, {
          folder: file.folder,
          bytes: null,
          expected: null,
        });
        parts.tally.bytes(reader.total);
        if (staged instanceof SyncError) throw staged;
        upload = { file, staged };
      },
    });
    return await writeChecked(parts, upload, fields);
  } catch (error) {
    await discard(parts, upload);
    throw error;
  }
}

type Upload = { readonly file: FileKey; readonly staged: Staged } | null;

async function writeChecked(parts: Parts, upload: Upload, fields: Fields): Promise<LiveEntry> {
  if (!upload) throw missing('file', 'it must be a file part');
  const { file, staged } = upload;
  const expected = readChecksum(fields);
  if (expected !== null && !equalsInConstantTime(expected, staged.digest)) {
    throw new SyncError(
      'CHECKSUM_MISMATCH',
      `Refused "${file.path}": its checksum is ${staged.digest}, not ${expected}. Send it again.`,
      {
        details: { path: file.path, expected, actual: staged.digest },
      },
    );
  }
  return parts.options.replica.write(file, staged);
}

async function discard(parts: Parts, upload: Upload): Promise<void> {
  if (upload) await parts.options.replica.staging.discard([upload.staged]);
}

function readTarget(parts: Parts, fields: Fields): FileKey {
  const { base_folder: folderField, path: pathField } = fields;
  if (typeof folderField !== 'string') throw missing('base_folder', 'it must come once, before the file');
  if (typeof pathField !== 'string') throw missing('path', 'it must come once, before the file');
  const file = { folder: knownFolder(parts, folderField), path: parsePath(pathField) };
  const ignored = parts.options.replica.whyIgnored(file);
  if (ignored === null) return file;
  throw new SyncError('PATH_IGNORED', `Refused "${file.path}": ${ignored}`, {
    details: { base_folder: file.folder, path: file.path },
  });
}

function readChecksum({ checksum }: Fields): Digest | null {
  if (checksum === undefined || checksum === '') return null;
  return parseDigest(typeof checksum === 'string' ? checksum.trim().toLowerCase() : checksum);
}

function missing(field: string, rule: string): SyncError {
  return new SyncError('REQUEST_MALFORMED', `Refused an upload without the field "${field}": ${rule}.`, {
    details: { field },
  });
}
