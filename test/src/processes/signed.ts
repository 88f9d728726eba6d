import {
  emptyDigest,
  parseSecrets,
  protocolVersion,
  sha256,
  signRequest,
  type ManifestAnswer,
  type WireEntry,
} from '@lockstep/core';
import { systemRandom } from '@lockstep/core/node';
import type { TestServer } from '../harness/index.js';
import { ask, secret, type Answer, type Question } from './hosts.js';

/** A request as the peer `charlie` signs it. */
export function signedBy(host: TestServer, method: string, route: string, body = ''): Question {
  const headers = signRequest({
    ...{ secrets: parseSecrets(secret), method, route, node: 'charlie', to: host.name },
    ...{ digest: body === '' ? emptyDigest : sha256(body), nowMs: Date.now(), random: systemRandom },
  });
  return {
    ...{ method, path: `/sync${route}`, body },
    headers: body === '' ? headers : { ...headers, 'content-type': 'application/json' },
  };
}

/** Files of a host’s index. */
export async function entriesOf(host: TestServer): Promise<WireEntry[]> {
  const { body } = await ask(host, signedBy(host, 'GET', '/index?since=0&limit=1000'));
  return (JSON.parse(body) as { entries: WireEntry[] }).entries;
}

/** A deletion of a file that charlie had seen. */
export function deletionOf({ base_folder, path, version }: WireEntry): WireEntry {
  const second = Math.floor(Date.now() / 1000);
  const next = [...version, ['charlie', second] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...{ base_folder, path, state: 'deleted', version: next, keptParents: 0, released: false },
    ...{ modifiedMs: Date.now(), modifiedBy: 'charlie' },
  };
}

/** A request of charlie that deletes these files. */
export function deleting(host: TestServer, entries: readonly WireEntry[]): Question {
  const manifest = { protocol: protocolVersion, node: 'charlie', indexId: 'c'.repeat(32), entries };
  return signedBy(host, 'DELETE', '/delete', JSON.stringify(manifest));
}

/** What became of each, in words. */
export function outcomesOf({ body }: Answer): string[] {
  return (JSON.parse(body) as ManifestAnswer).results.map(({ status }) => status);
}
