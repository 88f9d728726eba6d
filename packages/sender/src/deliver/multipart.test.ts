import assert from 'node:assert/strict';
import { it } from 'node:test';
import { frameUpload } from './multipart.js';

it('An upload is framed as multipart, manifest first, contents without a name that matters', () => {
  const { contentType, head, tail } = frameUpload('{"entries":[]}', 'b0undary');
  assert.equal(contentType, 'multipart/form-data; boundary=b0undary');
  assert.equal(
    Buffer.concat([head, Buffer.from('BYTES'), tail]).toString(),
    [
      '--b0undary',
      'Content-Disposition: form-data; name="manifest"',
      'Content-Type: application/json',
      '',
      '{"entries":[]}',
      '--b0undary',
      'Content-Disposition: form-data; name="contents"; filename="contents"',
      'Content-Type: application/octet-stream',
      '',
      'BYTES',
      '--b0undary--',
      '',
    ].join('\r\n'),
  );
});
