import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createIgnore, isSyncPath } from '@lockstep/core';
import { repositoryRoot } from '../structure/source-files.js';
import { codeWords, plain, readDocument, section, tableRows } from './document.js';

const page = readDocument('README.md');

function source(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** The names in single quotes of the first part of a source that the pattern captures. */
function quoted(text: string, part: RegExp): string[] {
  const [, captured = ''] = part.exec(text) ?? [];
  return [...captured.matchAll(/'([^']+)'/gu)].map(([, name]) => name ?? '');
}

describe('the configuration table of README.md', () => {
  const rows = tableRows(section(page, 'Configuration'));
  const settings = source('packages/lockstep/src/configuration/settings.ts');
  const [, pairs = ''] = /const variables = \{([\s\S]*?)\}/u.exec(settings) ?? [];
  const variables = [...pairs.matchAll(/(\w+): '(LOCKSTEP_\w+)'/gu)].map(
    ([, option, name]) => `${name} ${option}`,
  );
  const optionsOnly = quoted(settings, /const optionsOnly = \[([\s\S]*?)\]/u);

  it('lists every variable with its option, and every other option', () => {
    assert.ok(variables.length > 0 && optionsOnly.length > 0);
    assert.deepEqual(
      rows.map((row) => `${plain(row['variable'])} ${plain(row['option'])}`).sort(),
      [...variables, ...optionsOnly.map((option) => `– ${option}`)].sort(),
    );
  });

  it('gives the defaults that are in force', () => {
    const code = source('packages/lockstep/src/configuration/resolve-configuration.ts');
    const defaultOf = (option: string): string =>
      plain(rows.find((row) => plain(row['option']) === option)?.['default']);
    assert.equal(
      defaultOf('folders'),
      quoted(code, /defaultFolders[\s\S]*?Object\.freeze\(\[([^\]]*)\]/u).join(','),
    );
    for (const option of ['mountPath', 'monitorPath', 'durability', 'logLevel']) {
      const [, fallback] = new RegExp(`read\\('${option}',.*, '([^']+)'\\)`, 'u').exec(code) ?? [];
      assert.equal(defaultOf(option), fallback, option);
    }
    assert.match(code, new RegExp(`parseMaxFileBytes, ${defaultOf('maxFileMb')} \\* mebibyte`, 'u'));
    assert.match(code, /'\.lockstep'/u);
    assert.equal(defaultOf('stateDir'), '<root>/.lockstep');
  });
});

describe('"What is not synchronised" in README.md', () => {
  const rows = tableRows(section(page, 'What is not synchronised'));
  const ignore = createIgnore({ patterns: [], syncignore: {}, maxFileBytes: 1 });
  const code = source('packages/core/src/rules/ignore-defaults.ts');

  const namesOf = (why: string): string[] => {
    const row = rows.find((each) => each['why'] === why);
    assert.ok(row, `no row "${why}"`);
    return codeWords(row['names'] ?? '');
  };

  /** A file that a pattern of the table means. */
  const exampleOf = (pattern: string): string => {
    if (pattern === '.*') return '.profile';
    if (pattern.endsWith('/')) return `${pattern}x.txt`;
    if (pattern.startsWith('*-')) return `app.data${pattern.slice(1)}`;
    return pattern.replaceAll('*', 'x');
  };

  const leftOut = [
    ...['databases', 'temporary files', 'bytecode and logs', 'files of running processes'],
    ...['working folders of tools', 'litter of operating systems', 'secrets'],
  ];
  for (const why of leftOut) {
    it(`is true of ${why}`, () => {
      for (const pattern of namesOf(why)) {
        const path = exampleOf(pattern);
        assert.equal(ignore.verdict('static', path).ignored, true, `${path} travels`);
        assert.equal(ignore.verdict('static', `deep/er/${path}`).ignored, true, `deep/er/${path} travels`);
      }
    });
  }

  it('names the hidden files that travel', () => {
    const [all, ...exceptions] = namesOf('hidden files and folders');
    assert.equal(ignore.verdict('static', exampleOf(all ?? '')).ignored, true);
    assert.deepEqual(exceptions, ['.gitignore', '.htaccess', '.well-known/', '.syncignore']);
    for (const name of exceptions)
      assert.equal(ignore.verdict('static', exampleOf(name)).ignored, false, name);
    assert.equal(ignore.verdict('static', 'css/.syncignore').ignored, true);
  });

  it('names what is reserved', () => {
    for (const name of namesOf('Lockstep’s own'))
      assert.equal(isSyncPath(`${name}x`) && isSyncPath(name), false, name);
  });

  it('leaves out no built-in rule', () => {
    const listed = rows.flatMap((row) => codeWords(row['names'] ?? ''));
    const extensions = quoted(code, /const extensions = new Set\(([\s\S]*?)\);/u).map((name) => `*.${name}`);
    const directories = quoted(code, /const directories = new Set\(([\s\S]*?)\);/u).map((name) => `${name}/`);
    const rules = [...code.matchAll(/rule: '([^']+)'/gu)].map(([, rule]) => rule ?? '');
    const known = new Set([...listed.map((name) => name.toLowerCase()), '.*/']);
    assert.ok(extensions.length > 10 && directories.length > 5 && rules.length > 5);
    assert.deepEqual(
      [...extensions, ...directories, ...rules].filter((rule) => !known.has(rule)),
      [],
    );
    const litter = quoted(code, /const litter = new Set\(([\s\S]*?)\);/u);
    assert.deepEqual(
      litter.filter((name) => !known.has(name)),
      [],
    );
  });
});
