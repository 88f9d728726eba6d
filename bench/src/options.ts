import { parseArgs } from 'node:util';

/** What `npm run bench -- …` was asked to do. */
export interface Options {
  readonly quick: boolean;
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
export const usage = `npm run bench -- [--quick] [--rivals lockstep,lsyncd-fast] [--workloads single,burst] [--list]
                 [--out DIRECTORY] [--directory DIRECTORY]

  --quick       the same work, smaller: minutes instead of hours
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
      rivals: { type: 'string' },
      workloads: { type: 'string' },
      list: { type: 'boolean', default: false },
      out: { type: 'string' },
      directory: { type: 'string' },
    },
  });
  return {
    quick: values.quick,
    rivals: splitList(values.rivals),
    workloads: splitList(values.workloads),
    list: values.list,
    out: values.out ?? null,
    directory: values.directory ?? null,
  };
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
