import { isSyncPath, sha256 } from '@lockstep/core';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createClient,
  entryOf,
  manifestOf,
  multipart,
  multipartType,
  signed,
  withToken,
  type Attack,
} from './client.js';
import * as corpus from './corpus.js';
import { judgeDisk, judgeLog, judgeReply } from './judge.js';
import { startVictim, type Victim } from './victim.js';

const content = 'overwritten by mallory';

/** One way to name a path to the server; `verdict` ones answer 200 with a verdict per entry. */
const doors: Readonly<Record<string, (folder: unknown, path: unknown) => Attack>> = {
  'an offer': (folder, path) => signed('POST', '/offer', manifestOf([entryOf(folder, path, content)])),
  'a deletion': (folder, path) => signed('DELETE', '/delete', manifestOf([entryOf(folder, path, null)])),
  'an upload': (folder, path) => {
    const manifest = manifestOf([entryOf(folder, path, content)]);
    const body = multipart([
      { name: 'manifest', content: manifest },
      { name: 'contents', content, fileName: '../../outside/secret.txt' },
    ]);
    return signed('POST', '/upload', body, {
      digest: sha256(manifest),
      headers: { 'content-type': multipartType },
    });
  },
  'the upload form of scripts': (folder, path) =>
    withToken({
      ...{ method: 'POST', url: '/sync/upload', headers: { 'content-type': multipartType } },
      body: multipart([
        { name: 'base_folder', content: asText(folder) },
        { name: 'path', content: asText(path) },
        { name: 'file', content, fileName: '../../outside/secret.txt' },
      ]),
    }),
  'the deletion form of scripts, in the query': (folder, path) => {
    const query = new URLSearchParams({ base_folder: asText(folder), path: asText(path) });
    return withToken({ method: 'DELETE', url: `/sync/delete?${query.toString()}`, body: '' });
  },
  'the deletion form of scripts, as JSON': (folder, path) =>
    withToken({ method: 'DELETE', url: '/sync/delete', body: JSON.stringify({ base_folder: folder, path }) }),
  'a question for content': (folder, path) => {
    const query = new URLSearchParams({ base_folder: asText(folder), path: asText(path) });
    return signed('GET', `/content?${query.toString()}`);
  },
};

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Why it was refused; null when something was done. */
function refusalOf(body: Buffer): string | null {
  const answer = JSON.parse(body.toString()) as {
    code?: string;
    results?: { code?: string; status: string }[];
  };
  const [first] = answer.results ?? [];
  return answer.code ?? first?.code ?? (first?.status === 'want' ? 'want' : null);
}

describe('no path leads out of a folder', () => {
  let victim: Victim;
  let client: ReturnType<typeof createClient>;
  before(async () => {
    victim = await startVictim();
    client = createClient(victim.port);
  });
  after(async () => {
    client.close();
    await victim.close();
  });

  for (const [door, attackOf] of Object.entries(doors)) {
    it(`through ${door}: ${corpus.hostilePaths.length} paths of the corpus, in every folder`, async () => {
      for (const path of [...corpus.hostilePaths, ...corpus.noTexts]) {
        for (const folder of ['static', 'templates', 'instance']) {
          const attack = attackOf(folder, path);
          if (attack.url.length > 8000) continue; // Node refuses the request line itself with 431.
          const reply = await client.send(attack);
          judgeReply(victim, attack, reply);
          const refusal = refusalOf(reply.body);
          const what = `${door} ${JSON.stringify(path)?.slice(0, 200)}`;
          if (!isSyncPath(path) && (door === 'an offer' || door === 'an upload' || door === 'a deletion'))
            assert.equal(refusal, 'PATH_INVALID', what);
          if (refusal === null && typeof path === 'string')
            assert.ok(door.includes('form') || isSyncPath(path), `was carried out: ${what}`);
        }
      }
      await judgeDisk(victim);
      judgeLog(victim);
    });

    it(`through ${door}: folders that are none`, async () => {
      for (const folder of corpus.hostileFolders) {
        const attack = attackOf(folder, 'a.css');
        const reply = await client.send(attack);
        judgeReply(victim, attack, reply);
        assert.notEqual(refusalOf(reply.body), null, `${door} ${JSON.stringify(folder)}`);
      }
      await judgeDisk(victim);
    });
  }

  it('through a link that somebody planted: every path behind one is refused, and the links stay', async () => {
    for (const [folder, paths] of [
      ['static', ['out/secret.txt', 'out/new.txt', 'up/app.js', 'real/deep/out/x', 'etc/passwd']],
      ['templates', ['dir/out/index.ejs', 'self/x.ejs']],
    ] as const) {
      for (const path of paths) {
        for (const door of ['an upload', 'a deletion', 'the upload form of scripts']) {
          const reply = await client.send((doors[door] ?? assert.fail())(folder, path));
          const refusal = refusalOf(reply.body);
          // A deletion of what is not there is a success without any effect.
          if (door !== 'a deletion') assert.equal(refusal, 'PATH_THROUGH_LINK', `${door} ${path}`);
        }
      }
    }
    await judgeDisk(victim);
  });
});
