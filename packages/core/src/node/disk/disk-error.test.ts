import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../model/error-catalogue.js';
import { diskError, type DiskOperation } from './disk-error.js';

const rows: readonly (readonly [string, DiskOperation, ErrorCode, string])[] = [
  ['ENOSPC', 'write', 'DISK_FULL', 'a full disk is said to be full'],
  ['EDQUOT', 'write', 'DISK_FULL', 'so is a quota that is used up'],
  ['EACCES', 'open', 'FILE_UNREADABLE', 'a file that may not be read is unreadable, not missing'],
  ['EPERM', 'read', 'FILE_UNREADABLE', 'and so is one whose reading is refused later'],
  ['EACCES', 'create', 'NOT_PERMITTED', 'a directory that may not be written to is a matter of permission'],
  ['EROFS', 'rename', 'NOT_PERMITTED', 'so is a file system that is mounted read-only'],
  ['ENOTDIR', 'create', 'PATH_BLOCKED', 'a file where a folder is needed blocks the path'],
  ['EISDIR', 'rename', 'PATH_BLOCKED', 'and so does a folder where a file is needed'],
  ['ENOTEMPTY', 'rename', 'PATH_BLOCKED', 'or one that is not empty'],
  ['EEXIST', 'link', 'PATH_BLOCKED', 'or a name that is taken'],
  ['ELOOP', 'open', 'PATH_THROUGH_LINK', 'a link at the end of the path is not followed'],
  ['ENOENT', 'rename', 'NOT_FOUND', 'what is not there is not found'],
  ['EXDEV', 'link', 'STORAGE_FAILED', 'everything else is a failure of the storage'],
  ['EIO', 'read', 'STORAGE_FAILED', 'also while reading'],
];

describe('a failure of the file system', () => {
  for (const [errno, operation, code, sentence] of rows) {
    it(`${sentence}: ${errno} on ${operation} is ${code}`, () => {
      const cause = Object.assign(new Error(`${errno}: somewhere, '/srv/app/secret/a'`), { code: errno });
      const error = diskError(operation, '/srv/app/secret/a', cause);
      assert.equal(error.code, code);
      assert.equal(error.cause, cause);
      assert.deepEqual(error.details, { operation, name: 'a', errno });
      assert.ok(!error.message.includes('secret'), error.message);
    });
  }
});
