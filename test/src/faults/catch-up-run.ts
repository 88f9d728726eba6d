import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { eventually, startFleet, type TestServer } from '../harness/index.js';

/** How much there is, and how much of it changes while the peer is away. */
export interface CatchUp {
  readonly files: number;
  readonly changed: number;
  /** Less than a quarter of the files: more would be held. */
  readonly deleted: number;
}

/** Files of one server: `d12/1212.txt`. */
const pathOf = (i: number): string => `static/d${i % 200}/${i}.txt`;

async function writeAll(server: TestServer, from: number, to: number, text: string): Promise<void> {
  for (let i = from; i < to; i += 100) {
    const some = Array.from({ length: Math.min(100, to - i) }, (_, j) => i + j);
    await Promise.all(some.map((each) => writeFile(server.files.at(pathOf(each)), `${text} ${each}`)));
  }
}

async function filesOf(server: TestServer): Promise<number> {
  const { folders } = await server.status();
  return folders.reduce((sum, folder) => sum + folder.files, 0);
}

/** A peer is away for all of that; when it is back, exactly the contents that changed travel. */
export async function catchUpRun({ files, changed, deleted }: CatchUp): Promise<void> {
  const fleet = await startFleet(2);
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  const has = (server: TestServer, count: number) =>
    eventually(async () => {
      const found = await filesOf(server);
      return found === count || `${server.name} has ${found} files instead of ${count}`;
    }, 300_000);
  try {
    for (let i = 0; i < 200; i++) await mkdir(alpha.files.at(`static/d${i}`), { recursive: true });
    await writeAll(alpha, 0, files, 'first');
    await has(bravo, files);
    await fleet.settled(120_000);
    await bravo.stop();
    const before = (await alpha.status()).bytes.sent;
    await writeAll(alpha, 0, changed, 'second');
    for (let i = files - deleted; i < files; i++) await rm(alpha.files.at(pathOf(i)));
    await has(alpha, files - deleted);
    await bravo.start();
    await has(bravo, files - deleted);
    await fleet.settled(120_000);
    const sent = (await alpha.status()).bytes.sent - before;
    const lengths = Array.from({ length: changed }, (_, i) => `second ${i}`.length);
    assert.equal(
      sent,
      lengths.reduce((sum, length) => sum + length, 0),
      'bytes of content',
    );
    assert.deepEqual((await bravo.status()).holds, []);
  } catch (error) {
    console.error(fleet.logs());
    throw error;
  } finally {
    await fleet.close();
  }
}
