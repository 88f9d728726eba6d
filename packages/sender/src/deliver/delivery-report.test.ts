import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WireVerdict } from '@lockstep/core';
import {
  createFakeClock,
  createMemoryIndex,
  createSeededRandom,
  liveEntry,
  tombstone,
} from '@lockstep/core/testing';
import { createLatencies, createOperationTotals, createPeerCounters } from './counters.js';
import { createDeliveryReport } from './delivery-report.js';
import { toItem, type ItemSource } from './item.js';
import { createLedger } from './ledger.js';

function bench() {
  const clock = createFakeClock();
  const index = createMemoryIndex({ node: 'alpha', random: createSeededRandom(1), clock });
  const lines: string[] = [];
  const write = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const counters = createPeerCounters();
  const totals = createOperationTotals();
  const latencies = createLatencies();
  const ledger = createLedger(index, clock, log);
  const report = createDeliveryReport({ clock, log, ledger, latencies, totals, countersOf: () => counters });
  const piece = (
    entry = liveEntry('x', { modifiedMs: clock.now() }),
    source: ItemSource = { from: 'cursor' },
  ) => {
    const row = { entry, sequence: 2, stamp: null, learnedFrom: null, recordedMs: clock.now() };
    return { entry, item: toItem(row, { folders: ['static'], baseline: 1 }, source) };
  };
  return { clock, index, lines, counters, totals, latencies, ledger, report, piece };
}

const applied = (what: string): WireVerdict => ({ status: 'settled', applied: what });

describe('The report of deliveries', () => {
  it('writes the operators’ lines of an upload', () => {
    const { report, piece, lines, totals, counters } = bench();
    const { item, entry } = piece();
    report.uploading('bravo', entry);
    report.settled('bravo', [{ piece: { item, entry }, verdict: applied('written') }], true);
    assert.deepEqual(lines, [
      'info Uploading file page.html to bravo (base_folder: static)',
      'info Successfully synced modified for page.html to bravo',
    ]);
    assert.deepEqual(totals.upload, { ok: 1, failed: 0 });
    assert.equal(counters.uploaded, 1);
  });

  it('tells a file that the peer made from bytes it had as moved', () => {
    const { report, piece, lines, totals } = bench();
    report.settled('bravo', [{ piece: piece(), verdict: applied('copied') }], false);
    assert.deepEqual(lines, ['info Successfully synced moved for page.html to bravo']);
    assert.equal(totals.move.ok, 1);
  });

  it('tells a deletion', () => {
    const { report, piece, lines, totals, clock } = bench();
    const { item } = piece();
    const entry = tombstone({ modifiedMs: clock.now() });
    report.settled('bravo', [{ piece: { item, entry }, verdict: applied('nothing') }], false);
    assert.deepEqual(lines, ['info Successfully synced deleted for page.html to bravo']);
    assert.equal(totals.delete.ok, 1);
  });

  it('does not tell what the peer knew already', () => {
    const { report, piece, lines, totals, counters } = bench();
    const known = piece(undefined, { from: 'again' });
    report.settled('bravo', [{ piece: known, verdict: applied('nothing') }], false);
    assert.deepEqual(lines, []);
    assert.deepEqual(totals.upload, { ok: 0, failed: 0 });
    assert.equal(counters.known, 1);
  });

  it('tells a failure with its reason, once for as long as the reason is the same', () => {
    const { report, piece, lines, clock } = bench();
    report.failed('bravo', piece(), 'PATH_BLOCKED', 'In the way.');
    const { item, entry } = piece();
    const known = { peer: 'bravo', folder: item.folder, path: item.path, sequence: 2, message: '' };
    const times = { attempts: 1, firstMs: clock.now(), nextTryMs: clock.now() };
    const again = {
      ...item,
      source: { from: 'deferred', deferral: { ...known, ...times, code: 'PATH_BLOCKED' } },
    } as const;
    report.failed('bravo', { item: again, entry }, 'PATH_BLOCKED', 'In the way.');
    assert.deepEqual(lines, ['error Failed to sync page.html to bravo: In the way.']);
    report.failed('bravo', { item: again, entry }, 'DISK_FULL', 'No space.');
    assert.equal(lines.length, 2);
  });

  it('shows names that would forge a line as what they are', () => {
    const { report, piece, lines } = bench();
    const { item, entry } = piece();
    const forged = { ...entry, path: 'a\nINFO forged' as typeof entry.path };
    report.settled('bravo', [{ piece: { item, entry: forged }, verdict: applied('written') }], true);
    assert.deepEqual(lines, ['info Successfully synced modified for a\\u{a}INFO forged to bravo']);
  });

  it('measures from the change to the answer', () => {
    const { report, piece, latencies, clock } = bench();
    const made = piece();
    clock.advance(37);
    report.settled('bravo', [{ piece: made, verdict: applied('written') }], true);
    assert.equal(latencies.quantile(0.5), 37);
  });

  it('keeps a history', () => {
    const { report, piece, index, ledger } = bench();
    report.peerUp('bravo', 'http://bravo');
    report.settled('bravo', [{ piece: piece(), verdict: applied('written') }], true);
    report.failed('bravo', piece(), 'PATH_BLOCKED', 'In the way.');
    report.peerDown('bravo', 'http://bravo', 'PEER_TIMEOUT', 'No answer.');
    ledger.close();
    assert.deepEqual(
      index.activity.list().map(({ kind, code, bytes }) => ({ kind, code, bytes })),
      [
        { kind: 'peer-down', code: 'PEER_TIMEOUT', bytes: 0 },
        { kind: 'failed', code: 'PATH_BLOCKED', bytes: 0 },
        { kind: 'sent', code: null, bytes: 1 },
        { kind: 'peer-up', code: null, bytes: 0 },
      ],
    );
  });
});
