import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { freePorts, TestServer } from '../harness/index.js';
import { eventually } from '../harness/eventually.js';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [old, fresh] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
/** The steps of docs/operations.md, in their order. */
const steps = [`${old},${fresh}`, `${fresh},${old}`, fresh];

test(
  'a secret is rotated on real servers, one restart after the other, without a lost change',
  { timeout: 120_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-rotation-'));
    const names = ['alpha', 'bravo'];
    const ports = await freePorts(names.length);
    const LOCKSTEP_PEERS = names.map((name, at) => `${name}=http://127.0.0.1:${ports[at]}/sync`).join(',');
    const serve = (at: number, secret: string): TestServer => {
      const name = names[at] ?? assert.fail();
      const env = { LOCKSTEP_PEERS, LOCKSTEP_SECRET: secret };
      return new TestServer({ name, root: join(directory, name), port: ports[at] ?? 0, env });
    };
    const servers = names.map((_, at) => serve(at, old));
    const outputs: string[] = [];
    let written = 0;
    /** A change on each server, and proof that the other one has it. */
    const exchange = async (): Promise<void> => {
      written += 1;
      const path = join('static', `change-${written}.txt`);
      const [from, to] = written % 2 === 0 ? names : [...names].reverse();
      await writeFile(join(directory, from ?? '', path), `${written}`);
      await eventually(
        async () => (await readFile(join(directory, to ?? '', path), 'utf8')) === `${written}`,
      );
    };
    try {
      await Promise.all(servers.map((server) => server.start()));
      await exchange();
      for (const secret of steps) {
        for (const at of names.keys()) {
          const before = servers[at] ?? assert.fail();
          assert.equal(await before.stop(), 0);
          outputs.push(before.output);
          await writeFile(
            join(directory, names[1 - at] ?? '', 'static', `while-${at}-restarts.txt`),
            secret.slice(0, 8),
          );
          servers[at] = serve(at, secret);
          await servers[at].start();
          await exchange();
          await exchange();
          await eventually(async () => {
            const arrived = join(directory, names[at] ?? '', 'static', `while-${at}-restarts.txt`);
            return (await readFile(arrived, 'utf8')) === secret.slice(0, 8);
          });
        }
      }
      outputs.push(...servers.map(({ output }) => output));
      for (const output of outputs) {
        assert.doesNotMatch(output, /SIGNATURE_INVALID|AUTH_REQUIRED/u);
        assert.ok(!output.includes(old) && !output.includes(fresh), 'a secret stands in the log');
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(directory, { recursive: true, force: true });
    }
  },
);
