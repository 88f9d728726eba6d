import type { MonitorStatus, StateWord } from '../status.js';
import { activityLine } from './activity-line.js';
import { archiveLine } from './archive-line.js';
import { figures, processFacts, queueFacts, trafficFacts } from './figures.js';
import { holdCard } from './hold-card.js';
import type { PageModel, Tone } from './page-model.js';
import { peerCard, remedyOf } from './peer-card.js';
import {
  byteWords,
  countWords,
  durationWords,
  isoWords,
  nameWords,
  numberWords,
  rateWords,
} from './words.js';

const tones: Readonly<Record<StateWord, Tone>> = {
  damaged: 'bad',
  missing: 'bad',
  held: 'warn',
  paused: 'warn',
  standby: 'idle',
  alone: 'idle',
  unreachable: 'bad',
  'catching-up': 'busy',
  'in-step': 'good',
};

const operationNames = { upload: 'Upload', delete: 'Delete', move: 'Move' } as const;

/** The whole page in words: pure, and the same for the server's templates and the browser's script. */
export function pageModel(status: MonitorStatus): PageModel {
  return {
    ...headlineWords(status),
    ...figures(status),
    holds: status.holds.map(holdCard),
    peers: status.peers.map(peerCard),
    operations: operationLines(status),
    queue: queueFacts(status),
    traffic: trafficFacts(status),
    folders: status.folders.map((folder) => ({
      key: folder.folder,
      folder: nameWords(folder.folder),
      files: numberWords(folder.files),
      bytes: byteWords(folder.bytes),
      deleted: numberWords(folder.tombstones),
    })),
    activity: status.activity.map(activityLine),
    ...leftOutLines(status),
    conflicts: status.conflicts.recent.map(archiveLine),
    archive: status.archive.recent.map(archiveLine),
    archiveHasMore: status.archive.rows > status.archive.recent.length,
    archiveTotals: `${countWords(status.archive.rows, 'version')}, ${byteWords(status.archive.bytes)}`,
    process: processFacts(status),
  };
}

type Headline = 'documentTitle' | 'node' | 'title' | 'at' | 'tone' | 'state' | 'detail' | 'role';

function headlineWords({
  state,
  node,
  title,
  atMs,
  notes,
}: MonitorStatus): Pick<PageModel, Headline | 'active' | 'paused' | 'notes'> {
  return {
    documentTitle: `${state.text} · ${nameWords(node)} · ${title}`,
    node: nameWords(node),
    title,
    at: isoWords(atMs),
    tone: tones[state.word],
    state: state.text,
    detail: state.detail,
    role: roleWords(state),
    active: state.active,
    paused: state.paused,
    notes: notes.map(({ key, tone, text }) => ({
      key,
      tone: tone === 'warn' ? 'warn' : 'idle',
      text: nameWords(text),
    })),
  };
}

function roleWords({ active, elsewhere }: MonitorStatus['state']): string {
  if (active) return 'Watching and sending';
  if (elsewhere === null) return 'Receiving only';
  return `Receiving; process ${elsewhere.pid} sends, seen ${durationWords(elsewhere.ageMs)} ago`;
}

function operationLines({ operations }: MonitorStatus): PageModel['operations'] {
  return (['upload', 'delete', 'move'] as const).map((operation) => {
    const { ok, failed, successRate } = operations[operation];
    return {
      key: operation,
      name: operationNames[operation],
      ok: numberWords(ok),
      failed: numberWords(failed),
      rate: rateWords(successRate),
    };
  });
}

function leftOutLines({
  problems,
  skipped,
}: MonitorStatus): Pick<PageModel, 'problems' | 'skipped' | 'skippedCount'> {
  const cut = skipped.count > skipped.files.length;
  return {
    problems: problems.map(({ folder, path, code, message }) => ({
      key: `${folder}/${path}`,
      file: nameWords(`${folder}/${path}`),
      reason: [nameWords(message), remedyOf(code)].filter((part) => part !== '').join(' '),
      size: '',
    })),
    skipped: skipped.files.map(({ folder, path, reason, size }) => ({
      key: `${folder}/${path}`,
      file: nameWords(`${folder}/${path}`),
      reason: nameWords(reason),
      size: size === null ? '–' : byteWords(size),
    })),
    skippedCount: cut ? `The newest ${skipped.files.length} of ${numberWords(skipped.count)}.` : '',
  };
}
