import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { eventually, fleetTest } from '../harness/index.js';

const mebibyte = 1024 * 1024;

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

fleetTest('2,000 files written at once arrive complete on all servers', { servers: 3 }, async (fleet) => {
  const { files } = fleet.at(0);
  const content = (i: number): string => `file ${i} `.repeat(1 + (i % 50));
  await Promise.all(
    Array.from({ length: 2000 }, (_, i) => files.write(`static/bulk/${i % 40}/file-${i}.txt`, content(i))),
  );
  await fleet.settled(60_000);
  const tree = await fleet.at(2).files.tree();
  assert.equal([...tree.keys()].filter((path) => path.startsWith('static/bulk/')).length, 2000);
  assert.equal(await fleet.at(1).files.read('static/bulk/7/file-1247.txt'), content(1247));
});

fleetTest(
  'a file of 90 MiB arrives, and a small change in it sends only a part',
  { servers: 2 },
  async (fleet) => {
    const [sender, receiver] = [fleet.at(0), fleet.at(1)];
    const path = 'instance/large.bin';
    const block = randomBytes(mebibyte);
    const large = await open(sender.files.at(path), 'wx');
    for (let i = 0; i < 90; i++) {
      block.writeUInt32LE(i, 0);
      for (let at = 4096; at < block.length; at += 4096) block.writeUInt32LE(i * at, at);
      await large.write(block);
    }
    await large.close();
    const arrived = async (): Promise<void> => {
      const wanted = await digestOf(sender.files.at(path));
      await eventually(
        async () =>
          (await receiver.files.exists(path)) && (await digestOf(receiver.files.at(path))) === wanted,
        60_000,
      );
      await fleet.settled();
    };
    await arrived();

    const before = (await sender.status()).bytes.sent;
    const again = await open(sender.files.at(path), 'r+');
    await again.write(randomBytes(4096), 0, 4096, 40 * mebibyte);
    await again.close();
    await arrived();
    const sent = (await sender.status()).bytes.sent - before;
    assert.ok(sent < 10 * mebibyte, `${sent} bytes were sent for a change of 4,096`);
  },
);

fleetTest(
  'a file above the limit stays where it is, is listed, and the others travel',
  { servers: 2, env: () => ({ LOCKSTEP_MAX_FILE_MB: '1' }) },
  async (fleet) => {
    const [sender, receiver] = [fleet.at(0), fleet.at(1)];
    // Its first half would be a file that may travel, if it were seen before the second.
    const whole = join(sender.root, 'whole.bin');
    await writeFile(whole, new Uint8Array(mebibyte + 1));
    await rename(whole, sender.files.at('static/too-large.bin'));
    await sender.files.write('static/just-right.bin', new Uint8Array(mebibyte));
    await eventually(() => receiver.files.exists('static/just-right.bin'));
    await eventually(async () => {
      const { skipped, problems } = await sender.status();
      const listed = [...skipped.files, ...problems].map(({ path }) => path);
      return listed.includes('too-large.bin') || `listed are ${JSON.stringify(listed)}`;
    });
    assert.equal(await receiver.files.exists('static/too-large.bin'), false);
  },
);
