import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '..', '..', '..');

/** What is published. */
export const publishedPackages = ['core', 'sender', 'receiver', 'monitor', 'lockstep'] as const;

/** An empty project into which every published package was put as npm would publish it. */
export interface PackedProject {
  readonly directory: string;
  /** File names by package name. */
  readonly contents: ReadonlyMap<string, readonly string[]>;
  /** Runs a file of the project, after flags if there are any, and gives its standard output. */
  readonly node: (...args: string[]) => Promise<string>;
  /** Type-checks files of the project; rejects with the compiler's messages. */
  readonly typecheck: (...files: string[]) => Promise<void>;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Packs the packages and unpacks them below `node_modules` of a new project. Their declared dependencies, and no others, are linked
 * from this repository, so that an undeclared one is missed and nothing is downloaded.
 */
export async function packProject(): Promise<PackedProject> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-packed-'));
  const contents = new Map<string, readonly string[]>();
  const dependencies = new Set(['express', '@types/express', '@types/node']);
  for (const folder of publishedPackages) {
    const packed = await pack(join(repository, 'packages', folder), directory);
    const target = join(directory, 'node_modules', packed.name);
    await mkdir(target, { recursive: true });
    await run('tar', ['-xzf', join(directory, packed.filename), '-C', target, '--strip-components=1']);
    contents.set(
      packed.name,
      packed.files.map(({ path }) => path),
    );
    for (const name of await dependenciesOf(target)) dependencies.add(name);
  }
  for (const name of dependencies) if (!contents.has(name)) await link(directory, name);
  await writeFile(join(directory, 'package.json'), '{ "name": "consumer", "private": true }');
  return {
    directory,
    contents,
    node: async (...args) =>
      (await run(process.execPath, args, { cwd: directory, env: consumerEnv() })).stdout,
    typecheck: async (...files) => {
      await run(
        process.execPath,
        [join(repository, 'node_modules/typescript/bin/tsc'), ...typecheckOptions, ...files],
        { cwd: directory },
      ).catch((error: unknown) => {
        throw new Error(`tsc: ${String(Reflect.get(Object(error), 'stdout'))}`);
      });
    },
  };
}

const typecheckOptions = [
  '--noEmit',
  '--strict',
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--types',
  'node',
];

async function pack(folder: string, destination: string): Promise<Packed> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await run('npm', args, { cwd: folder });
  const answer = JSON.parse(stdout) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const [packed] = Object.values(answer);
  if (packed === undefined) throw new Error(`npm pack gave nothing for ${folder}: ${stdout}`);
  return packed;
}

async function dependenciesOf(target: string): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(target, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(manifest.dependencies ?? {});
}

/** A version that only one workspace uses lies in that workspace. */
async function link(directory: string, name: string): Promise<void> {
  const places = [repository, ...publishedPackages.map((folder) => join(repository, 'packages', folder))];
  for (const place of places) {
    const found = join(place, 'node_modules', name);
    if ((await readdir(found).catch(() => null)) === null) continue;
    const target = join(directory, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    return symlink(found, target);
  }
  throw new Error(`The dependency ${name} is not installed.`);
}

function consumerEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] };
}
