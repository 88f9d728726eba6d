// A process of its own for the tests of the index: `node … <task> <file> [<name>]`. It says what it did in lines on stdout.
import { writeSync } from 'node:fs';
import { silentLog } from '../../ports/log.js';
import { fileRow } from '../../testing/index-contract/harness.js';
import { systemClock } from '../clock.js';
import { acquireProcessLock } from '../process-lock.js';
import { systemRandom } from '../random.js';
import { openSqliteIndex } from './open-sqlite-index.js';

const [, , task = '', file = '', name = ''] = process.argv;

const say = (line: string): number => writeSync(1, `${line}\n`);
/** Stops this thread for good: the parent kills the process. */
const hang = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);

function open() {
  const options = {
    file,
    node: 'a',
    durability: 'fsync',
    random: systemRandom,
    clock: systemClock,
    log: silentLog,
  } as const;
  return openSqliteIndex(options);
}

switch (task) {
  case 'hang-in-transaction': {
    const index = open();
    index.put(fileRow('finished'));
    index.transact(() => {
      for (let row = 0; row < 2_000; row += 1) index.put(fileRow(`unfinished-${row}`));
      say('inside');
      hang();
    });
    break;
  }
  case 'write': {
    const index = open();
    say('open');
    const sequences: number[] = [];
    for (let batch = 0; batch < 40; batch += 1) {
      index.transact(() => {
        for (let row = 0; row < 5; row += 1) sequences.push(index.put(fileRow(`${name}/${batch}/${row}`)));
      });
      index.put(fileRow('shared', `${name} ${batch}`));
    }
    index.close();
    say(JSON.stringify(sequences));
    break;
  }
  case 'hold-lock':
    say(acquireProcessLock(file) === null ? 'refused' : 'locked');
    hang();
    break;
  default:
    throw new TypeError(`Unknown task ${task}.`);
}
