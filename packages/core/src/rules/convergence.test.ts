import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../model/entry.js';
import type { Digest } from '../model/path.js';
import { digestOf, fileKey } from '../testing/entries.js';
import { decide } from './decide.js';
import { observe } from './observe.js';
import { compare, emptyVersion, formatVersion } from './version.js';

/** What happens next in the network. Numbers are taken modulo what there is, so that every list of steps makes sense. */
type Step =
  | {
      readonly do: 'edit';
      readonly node: number;
      readonly path: number;
      readonly text: number;
      readonly live: boolean;
    }
  | { readonly do: 'delete'; readonly node: number; readonly path: number; readonly live: boolean }
  | { readonly do: 'deliver' | 'repeat' | 'lose'; readonly message: number }
  | { readonly do: 'exchange'; readonly node: number; readonly peer: number }
  | { readonly do: 'lose-index'; readonly node: number };

interface Node {
  readonly name: string;
  /** What its clock is ahead of the true time. */
  readonly skewMs: number;
  readonly entries: Map<string, Entry>;
}

const paths = ['page.html', 'a/b/style.css'].map((path) => fileKey('static', path));

/** A network of replicas reduced to their entries: only `observe` and `decide` change them. */
class Network {
  readonly nodes: readonly Node[];
  /** Contents lost in a conflict, on any node. */
  readonly archived = new Set<Digest>();
  readonly written: Entry[] = [];
  /** What somebody overwrote or deleted knowingly: the entry that was there. */
  readonly replaced: Entry[] = [];
  readonly #messages: { readonly to: Node; readonly entry: Entry }[] = [];
  #nowMs = 1_700_000_000_000;

  constructor(skews: readonly number[]) {
    this.nodes = skews.map((skewMs, index) => ({ name: `n${index}`, skewMs, entries: new Map() }));
  }

  run(step: Step): void {
    this.#nowMs += 7;
    if (step.do === 'edit' || step.do === 'delete') this.#change(step);
    else if (step.do === 'exchange') this.exchange(this.#node(step.node), this.#node(step.peer));
    else if (step.do === 'lose-index') this.#loseIndex(this.#node(step.node));
    else this.#handleMessage(step.do, step.message);
  }

  /** All tell all until nothing changes; fails when that takes suspiciously long. */
  settle(): void {
    for (let round = 0; round < 4 * this.nodes.length; round++) {
      const before = this.states();
      for (const node of this.nodes) for (const peer of this.nodes) this.exchange(node, peer);
      if (before.join() === this.states().join()) return;
    }
    assert.fail('the replicas still change after many full exchanges');
  }

  exchange(from: Node, to: Node): void {
    for (const entry of from.entries.values()) this.#receive(to, entry);
  }

  /** Each node's entries as text, metadata included. */
  states(): string[] {
    return this.nodes.map(({ entries }) =>
      JSON.stringify(paths.map(({ path }) => written(entries.get(path)))),
    );
  }

  #node(index: number): Node {
    return this.nodes[index % this.nodes.length] ?? assert.fail('a network has nodes');
  }

  #change(step: Step & { do: 'edit' | 'delete' }): void {
    const node = this.#node(step.node);
    const file = paths[step.path % paths.length] ?? assert.fail('there are paths');
    const previous = node.entries.get(file.path);
    const observation = observe({
      file,
      row: previous && { entry: previous, sequence: 1, stamp: 'then', learnedFrom: null, recordedMs: 0 },
      seen:
        step.do === 'delete'
          ? { kind: 'missing', keptParents: 0 }
          : {
              kind: 'file',
              digest: digestOf(`text ${step.text}`),
              size: 6,
              mode: step.text % 2 === 0 ? 0o644 : 0o600,
              mtimeMs: this.#nowMs - step.text * 1000,
              stamp: 'now',
            },
      node: node.name,
      nowMs: this.#nowMs + node.skewMs,
      fresh: false,
      live: step.live,
    });
    if (observation.do !== 'record') return;
    if (previous !== undefined) this.replaced.push(previous);
    if (observation.entry.state === 'live') this.written.push(observation.entry);
    this.#record(node, observation.entry);
  }

  #handleMessage(what: 'deliver' | 'repeat' | 'lose', index: number): void {
    if (this.#messages.length === 0) return;
    const at = index % this.#messages.length;
    const message = this.#messages[at];
    if (what !== 'repeat') this.#messages.splice(at, 1);
    if (what !== 'lose' && message !== undefined) this.#receive(message.to, message.entry);
  }

  #receive(node: Node, incoming: Entry): void {
    const local = node.entries.get(incoming.path);
    const decision = decide(local, incoming);
    if (decision.do === 'ignore') return;
    // Only conflicts archive here: what is replaced without one must have been seen by whoever replaced it.
    if (decision.do === 'write' && decision.conflict && local?.state === 'live')
      this.archived.add(local.digest);
    if (decision.do === 'keep' && decision.loser.state === 'live') this.archived.add(decision.loser.digest);
    if (written(local) !== written(decision.entry)) this.#record(node, decision.entry);
  }

  #record(node: Node, entry: Entry): void {
    node.entries.set(entry.path, entry);
    for (const to of this.nodes) if (to !== node) this.#messages.push({ to, entry });
  }

  /** The database is gone and the files are there: tombstones are forgotten, files get the empty version. */
  #loseIndex(node: Node): void {
    this.#nowMs += 60_000;
    for (const [path, entry] of node.entries) {
      if (entry.state === 'deleted') node.entries.delete(path);
      else
        node.entries.set(path, {
          ...entry,
          version: emptyVersion,
          modifiedMs: entry.mtimeMs,
          modifiedBy: node.name,
        });
    }
  }
}

function written(entry: Entry | undefined): string {
  return entry === undefined
    ? 'unknown'
    : JSON.stringify({ ...entry, version: formatVersion(entry.version) });
}

const number = fc.nat({ max: 30 });
const edit = fc.record({
  do: fc.constant('edit' as const),
  node: number,
  path: number,
  text: fc.nat({ max: 5 }),
  live: fc.boolean(),
});
const deletion = fc.record({
  do: fc.constant('delete' as const),
  node: number,
  path: number,
  live: fc.boolean(),
});
const message = fc.record({
  do: fc.constantFrom('deliver' as const, 'repeat' as const, 'lose' as const),
  message: number,
});
const exchange = fc.record({ do: fc.constant('exchange' as const), node: number, peer: number });
const lossOfIndex = fc.record({ do: fc.constant('lose-index' as const), node: number });

const day = 86_400_000;
const skews = fc.array(fc.constantFrom(0, 0, 3, -40, day, -day), { minLength: 2, maxLength: 5 });
const churn = (...more: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(edit, edit, deletion, message, message, exchange, ...more), {
    maxLength: 40,
    size: 'max',
  });

describe('replicas that edit, delete, and lose, repeat and reorder messages', () => {
  it('end with the same files, modes, times and versions', () => {
    fc.assert(
      fc.property(skews, churn(), (clocks, steps) => {
        const network = new Network(clocks);
        for (const step of steps) network.run(step);
        network.settle();
        assert.equal(new Set(network.states()).size, 1, network.states().join('\n'));
      }),
      { numRuns: 3000 },
    );
  });

  it('end the same although some lost their index', () => {
    fc.assert(
      fc.property(skews, churn(lossOfIndex), (clocks, steps) => {
        const network = new Network(clocks);
        for (const step of steps) network.run(step);
        network.settle();
        assert.equal(new Set(network.states()).size, 1, network.states().join('\n'));
      }),
      { numRuns: 3000 },
    );
  });

  it('lose nothing that was written: it is there, or replaced by somebody who had seen it, or in an archive', () => {
    fc.assert(
      fc.property(skews, churn(), (clocks, steps) => {
        const network = new Network(clocks);
        for (const step of steps) network.run(step);
        network.settle();
        for (const entry of network.written) assertKept(network, entry);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a deletion of what had won a conflict', () => {
  const page = (state: 'live' | 'deleted', node: string, at: number, version: [string, number][]): Entry => {
    const common = { ...fileKey('static', 'page.html'), modifiedMs: at, modifiedBy: node };
    return state === 'deleted'
      ? { ...common, state, version: new Map(version), keptParents: 0, released: false }
      : {
          ...common,
          ...{ state, version: new Map(version), digest: digestOf(node), size: 6, mode: 0o644, mtimeMs: at },
        };
  };

  it('is not undone by the loser that comes late, since the outcome had joined its version', () => {
    const loser = page('live', 'a', 1_000, [['a', 1]]);
    const winner = page('live', 'b', 2_000, [['b', 2]]);
    const outcome = decide(winner, loser);
    assert.ok(outcome.do === 'keep');
    const deletion = observe({
      file: fileKey('static', 'page.html'),
      row: { entry: outcome.entry, sequence: 1, stamp: 'then', learnedFrom: null, recordedMs: 0 },
      seen: { kind: 'missing', keptParents: 0 },
      ...{ node: 'b', nowMs: 3_000, fresh: false, live: true },
    });
    assert.ok(deletion.do === 'record');
    assert.deepEqual(decide(deletion.entry, loser), { do: 'ignore' });
    assert.equal(decide(loser, deletion.entry).do, 'delete');

    // The winner's own version in place of the join: live precedes deleted, and the file comes back.
    const unjoined = page('deleted', 'b', 3_000, [['b', 3]]);
    assert.equal(decide(unjoined, loser).do, 'write');
    assert.equal(decide(loser, unjoined).do, 'keep');
  });
});

function assertKept(network: Network, entry: Entry): void {
  assert.ok(entry.state === 'live');
  const final = network.nodes[0]?.entries.get(entry.path);
  if (final?.state === 'live' && final.digest === entry.digest) return;
  if (network.archived.has(entry.digest)) return;
  const isReplacedKnowingly = network.replaced.some(
    (seen) =>
      seen.path === entry.path &&
      seen.state === 'live' &&
      seen.digest === entry.digest &&
      ['newer', 'equal'].includes(compare(seen.version, entry.version)),
  );
  assert.ok(isReplacedKnowingly, `${written(entry)} is nowhere, the end is ${written(final)}`);
}
