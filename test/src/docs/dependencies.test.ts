import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workspaces } from '../structure/source-files.js';
import { plain, readDocument, section, tableRows } from './document.js';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readDocument(folder === '' ? 'package.json' : `${folder}/package.json`)) as Manifest;
}

/** `library version workspace` of every dependency that is not ours. */
function declared(kind: keyof Manifest): string[] {
  return ['', ...workspaces]
    .flatMap((folder) =>
      Object.entries(manifest(folder)[kind] ?? {}).map(([library, version]) => {
        const workspace = folder === '' ? 'root' : (folder.split('/').at(-1) ?? '');
        return { library, line: `${library} ${version.replace(/^npm:/u, '')} ${workspace}` };
      }),
    )
    .filter(({ library }) => library !== 'lockstep' && !library.startsWith('@lockstep/'))
    .map(({ line }) => line)
    .sort();
}

function documented(heading: string): string[] {
  return tableRows(section(readDocument('docs/dependencies.md'), heading))
    .flatMap((row) =>
      (row['used by'] ?? '').split(', ').map((name) => `${plain(row['library'])} ${row['version']} ${name}`),
    )
    .sort();
}

describe('docs/dependencies.md', () => {
  it('lists what is needed at run time, with version and user', () => {
    assert.deepEqual(documented('At run time'), declared('dependencies'));
  });

  it('lists what is needed for development', () => {
    assert.deepEqual(documented('For development'), declared('devDependencies'));
  });

  it('names exact versions only', () => {
    const loose = [...declared('dependencies'), ...declared('devDependencies')].filter(
      (line) => !/ (?:\w+@)?\d+\.\d+\.\d+ /u.test(line),
    );
    assert.deepEqual(loose, []);
  });
});
