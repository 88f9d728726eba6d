// A process of its own for the tests of the shared locks: `node … <task> <directory> <file>`. It says what it did in lines on stdout.
import { writeSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parsePath } from '../../model/parse-path.js';
import { systemClock } from '../clock.js';
import { systemRandom } from '../random.js';
import { openHostPathLocks } from './host-path-locks.js';

const [, , task = '', directory = '', file = ''] = process.argv;
const locks = openHostPathLocks({ directory, clock: systemClock, random: systemRandom });
const files = ['a', 'b', 'c'].map((name) => ({ folder: 'static', path: parsePath(name) }));
const say = (line: string): number => writeSync(1, `${line}\n`);
const stay = setInterval(() => undefined, 1000);

switch (task) {
  case 'count':
    say('ready');
    for (let round = 0; round < 200; round += 1) {
      const release = await locks.acquire(round % 2 === 0 ? files : [...files].reverse());
      await writeFile(file, String(Number(await readFile(file, 'utf8')) + 1));
      release();
    }
    locks.close();
    say('done');
    clearInterval(stay);
    break;
  case 'hold':
    await locks.acquire(files);
    say('held');
    break;
  default:
    throw new TypeError(`Unknown task ${task}.`);
}
