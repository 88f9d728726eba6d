import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { eventually, faultTest, type Fault, type FaultyFleet, type TestServer } from '../harness/index.js';

const mebibyte = 1024 * 1024;
const path = 'static/video.bin';
const sizeBytes = 24 * mebibyte;

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Waits until a server has exactly these bytes. */
async function has(server: TestServer, expected: Uint8Array): Promise<void> {
  const digest = digestOf(expected);
  await eventually(async () => {
    if (!(await server.files.exists(path))) return 'the file is not there';
    const bytes = await readFile(server.files.at(path));
    return digestOf(bytes) === digest || `it has ${bytes.length} other bytes`;
  }, 60_000);
}

/** Bytes that go to the second server while `change` is made and arrives. */
async function bytesFor(
  { fleet, link }: FaultyFleet,
  change: () => Promise<void> | void,
  expected: Uint8Array,
): Promise<number> {
  const before = link(1).takenBytes;
  await change();
  await has(fleet.at(1), expected);
  await fleet.settled(60_000);
  return link(1).takenBytes - before;
}

/** Bytes of staged files on a server, finished or not. */
function stagedBytes(server: TestServer): number {
  const directory = server.files.at('.lockstep/staging');
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(`${entry.parentPath}/${entry.name}`).size, 0);
}

const ofUpload = (fault: Fault) => (request: { path: string }) =>
  request.path.includes('/upload') ? fault : null;

faultTest(
  'a change in a large file sends only the chunks that are new, wherever it is',
  { servers: 2 },
  async (faulty) => {
    const [alpha, bravo] = [faulty.fleet.at(0), faulty.fleet.at(1)];
    const at = alpha.files.at(path);
    let content = randomBytes(sizeBytes);
    await alpha.files.write(path, content);
    await has(bravo, content);
    await faulty.fleet.settled(60_000);

    const tail = randomBytes(64 * 1024);
    content = Buffer.concat([content, tail]);
    const appended = await bytesFor(faulty, () => appendFileSync(at, tail), content);
    assert.ok(appended < 300_000, `appending 64 KiB sent ${appended} bytes`);

    randomBytes(4096).copy(content, 9_000_001);
    const overwrite = (): void => {
      const file = openSync(at, 'r+');
      writeSync(file, content, 9_000_001, 4096, 9_000_001);
      closeSync(file);
    };
    const overwritten = await bytesFor(faulty, overwrite, content);
    assert.ok(overwritten < 300_000, `overwriting 4 KiB sent ${overwritten} bytes`);

    const [head, rest] = [content.subarray(0, 5_000_003), content.subarray(5_000_003)];
    content = Buffer.concat([head, randomBytes(4096), rest]);
    const inserted = await bytesFor(faulty, () => alpha.files.write(path, content), content);
    assert.ok(inserted < 500_000, `inserting 4 KiB sent ${inserted} bytes`);

    // And back from the other side, which has learned the file from its peer.
    content = Buffer.concat([content.subarray(0, 20_000_000), randomBytes(10)]);
    await bravo.files.write(path, content);
    await has(alpha, content);
  },
);

faultTest('what a cut transfer of a large file brought is not sent again', { servers: 2 }, async (faulty) => {
  const { fleet, link } = faulty;
  const content = randomBytes(sizeBytes);
  const cuts = [randomInt(10, 16) * mebibyte + randomInt(mebibyte), randomInt(3) * mebibyte + 2_000_001];
  const pending = [...cuts];
  link(1).choose = (request) => {
    const afterBytes = request.path.includes('/upload') ? pending.shift() : undefined;
    return afterBytes === undefined ? null : { do: 'cut-request', afterBytes };
  };
  const sent = await bytesFor(faulty, () => fleet.at(0).files.write(path, content), content);
  assert.equal(link(1).count('cut-request'), 2);
  // What was on its way when the link was cut is lost.
  const most = sizeBytes + 8 * mebibyte;
  assert.ok(sent < most, `${sent} bytes were sent for ${sizeBytes}, cut after ${cuts.join(' and ')}`);
  assert.equal(stagedBytes(fleet.at(1)), 0);
});

faultTest(
  'a large file goes on where it was when the receiving server is killed',
  { servers: 2 },
  async (faulty) => {
    const { fleet, link } = faulty;
    const content = randomBytes(sizeBytes);
    link(1).choose = ofUpload({ do: 'trickle', pieceBytes: 64 * 1024, restMs: 5 });
    const sent = await bytesFor(
      faulty,
      async () => {
        await fleet.at(0).files.write(path, content);
        await eventually(() => stagedBytes(fleet.at(1)) > 14 * mebibyte, 60_000);
        await fleet.at(1).kill();
        link(1).heal();
        await fleet.at(1).start();
      },
      content,
    );
    assert.ok(sent < sizeBytes + 8 * mebibyte, `${sent} bytes were sent for ${sizeBytes}`);
    assert.equal(stagedBytes(fleet.at(1)), 0);
  },
);

faultTest(
  'a large file that changes while it is sent arrives as it is in the end',
  { servers: 2 },
  async (faulty) => {
    const { fleet, link } = faulty;
    const first = randomBytes(sizeBytes);
    link(1).choose = ofUpload({ do: 'trickle', pieceBytes: 64 * 1024, restMs: 2 });
    await fleet.at(0).files.write(path, first);
    await eventually(() => stagedBytes(fleet.at(1)) > 2 * mebibyte, 60_000);
    const second = Buffer.concat([randomBytes(mebibyte), first.subarray(mebibyte)]);
    await fleet.at(0).files.write(path, second);
    link(1).heal();
    await has(fleet.at(1), second);
    await fleet.settled(60_000);
  },
);
