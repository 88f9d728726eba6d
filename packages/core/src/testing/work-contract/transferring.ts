import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { unpackChunks, type ChunkList } from '../../model/chunk-list.js';
import { isSyncError } from '../../model/error.js';
import type { Digest } from '../../model/path.js';
import type { Staged, Transfer, Work } from '../../ports/work.js';
import { digestOf, fileAt, lookAtFile, textsIn, type OpenWork, type WorkBench } from './harness.js';

const file = fileAt('large.bin');
const mebibyte = 1024 * 1024;

/** Bytes that are hard to compress and the same at every run. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash('sha512').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const before = noise('large', 3 * mebibyte);
const after = Buffer.concat([
  before.subarray(0, mebibyte),
  noise('put in', 5_000),
  before.subarray(mebibyte),
]);

/** The chunks of a content, as a sender's disk would tell. */
async function chunksOf({ work, user, base }: WorkBench, content: Buffer): Promise<ChunkList> {
  user.writeFile(`${base}/templates/sender.bin`, content);
  const at = fileAt('sender.bin', 'templates');
  const chunks = await work.chunks({ ...at, digest: digestOf(content), size: content.length });
  assert.ok(chunks !== null);
  return chunks;
}

/** The file as it stands on the disk, about to be replaced by `content`. */
async function transferOf({ work, user, base }: WorkBench, content: Buffer): Promise<Transfer> {
  const isThere = user.readFile(`${base}/static/large.bin`) !== null;
  const seen = isThere ? await lookAtFile(work, 'large.bin') : null;
  const old = seen && { digest: seen.digest, stamp: seen.stamp };
  return { file, digest: digestOf(content), size: content.length, old };
}

function bytesOf(content: Buffer, chunks: ChunkList, sent: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let position = 0;
  for (const [at, { size }] of unpackChunks(chunks).entries()) {
    if (sent.includes(at)) parts.push(content.subarray(position, position + size));
    position += size;
  }
  return Buffer.concat(parts);
}

async function sendMissing(
  work: Work,
  content: Buffer,
  transfer: Transfer,
  chunks: ChunkList,
): Promise<{ sent: readonly number[]; result: Staged }> {
  const sent = await work.missingChunks(transfer, chunks);
  const { id } = await work.stageOpen('static', { ...transfer, parts: { chunks, sent } });
  const bytes = bytesOf(content, chunks, sent);
  // In odd pieces, as a connection gives them.
  for (let at = 0; at < bytes.length; at += 70_001) await work.stagePart(id, bytes.subarray(at, at + 70_001));
  const result = await work.stageFinish(id, { digest: transfer.digest, size: transfer.size });
  assert.ok('name' in result, JSON.stringify(result));
  return { sent, result };
}

/** How every implementation of `Work` takes in large contents of which it has parts. */
export function transferringContract(open: OpenWork): void {
  describe('taking in a large content', () => {
    it('asks for what is new, and puts it between what is here', async (t) => {
      const bench = await open(t);
      const { work, user, base } = bench;
      user.writeFile(`${base}/static/large.bin`, before);
      const chunks = await chunksOf(bench, after);
      const { sent, result } = await sendMissing(work, after, await transferOf(bench, after), chunks);
      assert.ok(sent.length >= 1 && sent.length <= 5, `${sent.length} chunks were sent`);
      const staged = user.readFile(`${base}/state/staging/static/${result.name}`);
      assert.equal(digestOf(staged ?? ''), digestOf(after));
    });

    it('cuts a file of known stamp without hashing it, and tells when it is another by now', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/large.bin`, before);
      const { stamp } = await lookAtFile(work, 'large.bin');
      const known = { ...file, size: before.length };
      assert.equal(await work.chunks({ ...known, digest: digestOf('other') }), null);
      assert.equal(await work.chunks({ ...known, digest: digestOf('other'), stamp: `${stamp}1` }), null);
      // A false digest shows that it was the stamp that was believed.
      const chunks = await work.chunks({ ...known, digest: digestOf('believed'), stamp });
      assert.deepEqual(chunks, await work.chunks({ ...known, digest: digestOf(before) }));
      user.writeFile(`${base}/static/large.bin`, noise('edited', before.length));
      assert.equal(await work.chunks({ ...known, digest: digestOf('edited'), stamp }), null);
    });

    it('reads a file whose chunks are not known, though its stamp is, so that they are at its next edit', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/large.bin`, before);
      const { stamp } = await lookAtFile(work, 'large.bin');
      // A false digest shows whether the stamp was believed.
      const believed = digestOf('believed');
      await work.chunks({ ...file, size: before.length, digest: believed, stamp });
      const digestSeen = async (digest: Digest) => {
        const inspected = { ...file, known: null, unread: { digest, stamp } };
        const [seen] = await work.inspect([inspected], { maxFileBytes: 1 << 30, keepBytesUpTo: 0 });
        return seen?.kind === 'file' && seen.digest;
      };
      assert.equal(await digestSeen(believed), believed);
      assert.equal(await digestSeen(digestOf('other')), digestOf(before));
    });

    it('sends nothing of a content that only lost something', async (t) => {
      const bench = await open(t);
      bench.user.writeFile(`${bench.base}/static/large.bin`, after);
      const chunks = await chunksOf(bench, after.subarray(0, 2 * mebibyte));
      const transfer = await transferOf(bench, after.subarray(0, 2 * mebibyte));
      const sent = await bench.work.missingChunks(transfer, chunks);
      assert.ok(sent.length <= 1);
    });

    it('asks for everything when the file is not what the index says', async (t) => {
      const bench = await open(t);
      bench.user.writeFile(`${bench.base}/static/large.bin`, before);
      const chunks = await chunksOf(bench, after);
      const transfer = await transferOf(bench, after);
      bench.user.writeFile(`${bench.base}/static/large.bin`, noise('edited', 3 * mebibyte));
      const all = unpackChunks(chunks).map((_, at) => at);
      assert.deepEqual(await bench.work.missingChunks(transfer, chunks), all);
      const parts = { chunks, sent: [0] };
      await assert.rejects(bench.work.stageOpen('static', { ...transfer, parts }), (error) =>
        isSyncError(error, 'CONTENT_MISSING'),
      );
    });

    it('refuses what does not come to the digest of the whole', async (t) => {
      const bench = await open(t);
      const { work, user, base } = bench;
      user.writeFile(`${base}/static/large.bin`, before);
      const chunks = await chunksOf(bench, after);
      const transfer = await transferOf(bench, after);
      const sent = await work.missingChunks(transfer, chunks);
      const { id } = await work.stageOpen('static', { ...transfer, parts: { chunks, sent } });
      await work.stagePart(id, Buffer.alloc(bytesOf(after, chunks, sent).length));
      const result = await work.stageFinish(id, { digest: transfer.digest, size: transfer.size });
      assert.equal('failed' in result && result.failed, 'CHECKSUM_MISMATCH');
      assert.deepEqual(textsIn(user, `${base}/state/staging`), {});
    });
  });

  describe('a transfer that breaks off', () => {
    it('goes on where it was cut, and what it left goes when the content is complete', async (t) => {
      const bench = await open(t);
      const { work, user, base } = bench;
      const transfer = await transferOf(bench, after);
      const first = await work.stageOpen('static', transfer);
      await work.stagePart(first.id, after.subarray(0, 2_000_000));
      await work.stageAbort(first.id);
      assert.equal(await work.hasPartial('static', transfer.digest), true);
      const chunks = await chunksOf(bench, after);
      const { sent, result } = await sendMissing(work, after, transfer, chunks);
      const bytes = bytesOf(after, chunks, sent).length;
      assert.ok(bytes <= after.length - 2_000_000 + 96 * 1024, `${bytes} bytes were sent again`);
      assert.equal(await work.hasPartial('static', transfer.digest), false);
      const left = Object.keys(textsIn(user, `${base}/state/staging`));
      assert.deepEqual(left, [`static/${result.name}`]);
    });

    it('goes on after another cut, and after a restart', async (t) => {
      const bench = await open(t);
      const { work, user, base } = bench;
      user.writeFile(`${base}/static/large.bin`, before);
      const transfer = await transferOf(bench, after);
      const chunks = await chunksOf(bench, after);
      const sent = await work.missingChunks(transfer, chunks);
      const { id } = await work.stageOpen('static', { ...transfer, parts: { chunks, sent } });
      await work.stagePart(id, bytesOf(after, chunks, sent).subarray(0, 10));
      await work.stageAbort(id);
      await work.sweep();
      assert.equal(await work.hasPartial('static', transfer.digest), true);
      user.writeFile(`${base}/static/large.bin`, 'small now');
      const kept = await work.missingChunks(await transferOf(bench, after), chunks);
      assert.ok(kept.length < unpackChunks(chunks).length - 20, `${kept.length} chunks are missing`);
      await sendMissing(work, after, await transferOf(bench, after), chunks);
    });

    it('leaves nothing of a content that had only begun', async (t) => {
      const bench = await open(t);
      const { id } = await bench.work.stageOpen('static', await transferOf(bench, after));
      await bench.work.stagePart(id, after.subarray(0, 1_000));
      await bench.work.stageAbort(id);
      assert.deepEqual(textsIn(bench.user, `${bench.base}/state/staging`), {});
    });

    it('leaves four beginnings at most', async (t) => {
      const bench = await open(t);
      for (const nth of [0, 1, 2, 3, 4, 5]) {
        const digest = digestOf(`content ${nth}`);
        const { id } = await bench.work.stageOpen('static', { file, digest, size: 3 * mebibyte, old: null });
        await bench.work.stagePart(id, after.subarray(0, 200_000));
        await bench.work.stageAbort(id);
      }
      assert.equal(Object.keys(textsIn(bench.user, `${bench.base}/state/staging`)).length, 4);
    });

    it('is swept up by the next life of the server as a beginning', async (t) => {
      const bench = await open(t);
      const { work } = bench;
      const transfer = await transferOf(bench, after);
      const { id } = await work.stageOpen('static', transfer);
      await work.stagePart(id, after.subarray(0, 500_000));
      // As a start does after the process of this transfer was killed.
      await work.sweep();
      assert.equal(await work.hasPartial('static', transfer.digest), true);
    });
  });
}
