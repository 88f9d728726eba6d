import { parseArgs } from 'node:util';
import { finalMinutes } from './plan/final.js';

/** What `npm run bench -- …` was asked to do. */
export interface Options {
  readonly quick: boolean;
  /** The published measurement in about half an hour: every row, each tool where it says something. */
  readonly final: boolean;
  /** After so many minutes no further run begins; null for no limit. */
  readonly minutes: number | null;
  /** Only tools whose id begins with one of these; all when empty. */
  readonly rivals: readonly string[];
  /** Only workloads whose id begins with one of these; all when empty. */
  readonly workloads: readonly string[];
  readonly list: boolean;
  /** Where results.json and results.svg are written; null for the default. */
  readonly out: string | null;
  /** Where the trees are made; null for the system's temporary directory. */
  readonly directory: string | null;
}

/** How to call it. */
export const usage = `npm run bench -- [--quick | --final] [--minutes 30] [--rivals lockstep,lsyncd-fast] [--workloads single,burst] [--list]
                 [--out DIRECTORY] [--directory DIRECTORY]

  --quick       the same work, smaller: minutes instead of hours
  --final       every row at full size, each tool where it says something: half an hour instead of hours
  --minutes     begin no run after this time (${finalMinutes} with --final); what is left out is said
  --rivals      only tools whose id begins with one of these
  --workloads   only workloads whose id begins with one of these
  --list        print the ids and what is not installed, and run nothing
  --out         where results.json, results.txt and results.svg go (bench/results, with --quick bench/results/quick)
  --directory   where the trees are made (a new directory in the system's temporary directory)`;

/** Throws a TypeError that names the argument when one is unknown or lacks its value. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      final: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      rivals: { type: 'string' },
      workloads: { type: 'string' },
      list: { type: 'boolean', default: false },
      out: { type: 'string' },
      directory: { type: 'string' },
    },
  });
  if (values.quick && values.final) throw new TypeError('--quick and --final exclude each other.');
  return {
    quick: values.quick,
    final: values.final,
    minutes: parseMinutes(values.minutes) ?? (values.final ? finalMinutes : null),
    rivals: splitList(values.rivals),
    workloads: splitList(values.workloads),
    list: values.list,
    out: values.out ?? null,
    directory: values.directory ?? null,
  };
}

function parseMinutes(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new TypeError(`--minutes "${text}" is no number above 0.`);
}

/** Those whose id begins with one of the prefixes; all without prefixes. Throws a TypeError for a prefix that no id has. */
export function select<T extends { readonly id: string }>(
  all: readonly T[],
  prefixes: readonly string[],
  option: string,
): readonly T[] {
  const unknown = prefixes.find((prefix) => !all.some(({ id }) => id.startsWith(prefix)));
  if (unknown !== undefined)
    throw new TypeError(
      `${option} "${unknown}" is none of: ${all.map(({ id }) => id).join(', ')}. Give the beginning of an id.`,
    );
  return prefixes.length === 0
    ? all
    : all.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
}

function splitList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
