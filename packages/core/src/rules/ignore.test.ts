import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IgnoreSpec } from '../ports/work.js';
import type { IgnoreReason } from './ignore-defaults.js';
import { createIgnore, describeSkip, type IgnoreVerdict } from './ignore.js';

const maxFileBytes = 100 * 1024 * 1024;
const defaults: IgnoreSpec = { patterns: [], syncignore: {}, maxFileBytes };

function reasonOf(verdict: IgnoreVerdict): IgnoreReason | 'travels' {
  return verdict.ignored ? verdict.reason : 'travels';
}

/** Paths, and why they are left out. */
const built: Readonly<Record<IgnoreReason | 'travels', readonly string[]>> = {
  travels: [
    'index.ejs',
    'css/main.css',
    'uploads/photo.JPG',
    'README',
    '.gitignore',
    'a/.gitignore',
    '.htaccess',
    'admin/.htaccess',
    '.syncignore',
    '.well-known/security.txt',
    'site/.well-known/acme-challenge/token',
    'travel-journal',
    'database',
    'db',
    'log',
    'blog',
    'logs/today.txt',
    'archive.db/readme.txt',
    'x.tmp/kept.txt',
    'a#b#c',
    '#1 hit.mp3',
    '#',
    '4913.html',
    '4913/index.html',
    'node_modules.md',
    'environment.js',
    'a.env',
    'temp',
    'lock',
    'package-lock.json',
  ],
  extension: [
    'app.db',
    'a/b/app.sqlite',
    'app.sqlite3',
    'old.mdb',
    'APP.DB',
    'app.db-wal',
    'app.sqlite-shm',
    'app.data-journal',
    'App.SQLite3-WAL',
    'x.tmp',
    'x.temp',
    '.page.html.swp',
    'x.swo',
    'x.bak',
    'video.mp4.part',
    'm.pyc',
    'm.pyo',
    'app.log',
    'Error.LOG',
    'server.pid',
    'app.sock',
    'yarn.lock',
  ],
  temporary: ['page.html~', '#page.html#', '.#page.html', '4913', 'a/4913'],
  folder: [
    '__pycache__/m.txt',
    'a/__pycache__/m.txt',
    '.git/config',
    'vendor/.git/hooks/post-commit',
    '.svn/entries',
    '.hg/store',
    'node_modules/ignore/index.js',
    'a/node_modules/b/c/d.js',
    '.venv/bin/python',
    '.idea/workspace.xml',
    '.vscode/settings.json',
    '.cache/x',
    '.GIT/config',
  ],
  litter: ['.DS_Store', 'a/Thumbs.db', 'desktop.ini', 'Desktop.ini'],
  secret: ['.env', '.env.production', 'a/.env.local', '.envrc', '.ENV', '.env/bin/activate'],
  hidden: [
    '.profile',
    'a/.secret',
    '.config/app.json',
    'a/.syncignore',
    '.well-known/.hidden',
    '.well-known',
    'x/._photo.jpg',
  ],
  reserved: ['.lockstep/index.db', 'a/.lockstep-stage-1', '.LOCKSTEP/x'],
  syncignore: [],
  option: [],
  type: [],
};

describe('without configuration', () => {
  const ignore = createIgnore(defaults);
  for (const [reason, paths] of Object.entries(built)) {
    for (const path of paths) {
      it(`"${path}" ${reason === 'travels' ? 'travels' : `stays: ${reason}`}`, () => {
        assert.equal(reasonOf(ignore.verdict('static', path)), reason);
      });
    }
  }

  for (const kind of ['symlink', 'socket', 'fifo', 'device'] as const) {
    it(`a ${kind} stays`, () => {
      assert.deepEqual(ignore.verdict('static', 'a/b', kind), { ignored: true, reason: 'type', rule: kind });
    });
  }

  it('a file of the limit travels, one byte more is too large', () => {
    assert.equal(ignore.tooLarge(maxFileBytes), false);
    assert.equal(ignore.tooLarge(maxFileBytes + 1), true);
  });

  it('a walk passes by the directories whose files all stay, and enters the others', () => {
    const skipped = ['.git', 'a/node_modules', '__pycache__', '.config', '.env', '.lockstep', '.git/hooks'];
    const entered = ['css', 'a/b', '.well-known', 'archive.db', 'x.tmp', '4913', 'app.log'];
    assert.deepEqual(
      skipped.filter((path) => !ignore.skipsDirectory('static', path)),
      [],
    );
    assert.deepEqual(
      entered.filter((path) => ignore.skipsDirectory('static', path)),
      [],
    );
    assert.equal(reasonOf(ignore.verdict('static', 'css', 'directory')), 'travels');
    assert.equal(reasonOf(ignore.verdict('static', '.git', 'directory')), 'folder');
  });

  it('the rule is named as people write it', () => {
    const named = (path: string) => ignore.verdict('static', path);
    assert.deepEqual(named('a/App.LOG'), { ignored: true, reason: 'extension', rule: '*.log' });
    assert.deepEqual(named('x/node_modules/y'), { ignored: true, reason: 'folder', rule: 'node_modules/' });
    assert.deepEqual(named('.env.local'), { ignored: true, reason: 'secret', rule: '.env*' });
    assert.deepEqual(named('app.db-wal'), { ignored: true, reason: 'extension', rule: '*-wal' });
  });
});

describe('.syncignore', () => {
  const ignore = createIgnore({
    ...defaults,
    syncignore: {
      static: [
        '# drafts are for this office only',
        'drafts/',
        '*.psd',
        '!keep.psd',
        '/top-only.txt',
        '!yarn.lock',
        '!.cache/',
        '!.env',
        '!.lockstep/',
        '!.git/config',
      ].join('\n'),
    },
  });
  const rows: readonly (readonly [title: string, path: string, reason: IgnoreReason | 'travels'])[] = [
    ['leaves out a directory', 'drafts/a.html', 'syncignore'],
    ['leaves out a directory at any depth', 'a/drafts/b/c.html', 'syncignore'],
    ['takes a pattern with a slash at its end for directories only', 'drafts', 'travels'],
    ['leaves out by pattern', 'img/a.psd', 'syncignore'],
    ['is case-sensitive, as on the servers', 'img/a.PSD', 'travels'],
    ['lets a later line re-include', 'img/keep.psd', 'travels'],
    ['anchors a pattern with a leading slash', 'top-only.txt', 'syncignore'],
    ['does not apply an anchored pattern deeper', 'a/top-only.txt', 'travels'],
    ['re-includes what a built-in rule leaves out', 'yarn.lock', 'travels'],
    ['re-includes a built-in directory', '.cache/page.html', 'travels'],
    ['leaves the other built-in rules in force in a re-included directory', '.cache/app.db', 'extension'],
    ['cannot re-include a file whose directory stays out, as in git', '.git/config', 'folder'],
    ['cannot re-include a secret', '.env', 'secret'],
    ['cannot re-include our own names', '.lockstep/index.db', 'reserved'],
  ];
  for (const [title, path, reason] of rows) {
    it(title, () => assert.equal(reasonOf(ignore.verdict('static', path)), reason));
  }

  it('applies to its own folder only', () => {
    assert.equal(reasonOf(ignore.verdict('templates', 'drafts/a.html')), 'travels');
    assert.equal(reasonOf(ignore.verdict('templates', 'yarn.lock')), 'extension');
  });

  it('keeps a walk out of its directories', () => {
    assert.equal(ignore.skipsDirectory('static', 'a/drafts'), true);
    assert.equal(ignore.skipsDirectory('static', '.cache'), false);
  });

  it('answers alike after more paths than are remembered', () => {
    for (let index = 0; index < 21_000; index++) ignore.verdict('static', `d${index}/x.psd`);
    assert.equal(reasonOf(ignore.verdict('static', 'd5/x.psd')), 'syncignore');
    assert.equal(reasonOf(ignore.verdict('static', 'd5/x.png')), 'travels');
  });
});

describe('patterns of the options', () => {
  const ignore = createIgnore({
    ...defaults,
    patterns: ['*.mp4', '!*.log', 'private/'],
    syncignore: { static: '!*.mp4\n!private/\naccess.log\n' },
  });
  const rows: readonly (readonly [
    title: string,
    folder: string,
    path: string,
    reason: IgnoreReason | 'travels',
  ])[] = [
    ['leave out in every folder', 'templates', 'a/b.mp4', 'option'],
    ['are not lifted by a .syncignore, which may come from another server', 'static', 'b.mp4', 'option'],
    ['leave out directories', 'static', 'private/a.html', 'option'],
    ['re-include what a built-in rule leaves out', 'static', 'error.log', 'travels'],
    ['do not lift what a .syncignore leaves out', 'static', 'access.log', 'syncignore'],
  ];
  for (const [title, folder, path, reason] of rows) {
    it(title, () => assert.equal(reasonOf(ignore.verdict(folder, path)), reason));
  }
});

describe('the log line', () => {
  const ignore = createIgnore({ ...defaults, patterns: ['*.mp4'], syncignore: { static: '*.psd' } });
  const rows: readonly (readonly [path: string, line: string])[] = [
    ['data/app.db', 'Skipping file due to excluded extension: data/app.db'],
    ['page.html~', 'Skipping file due to temporary name: page.html~'],
    ['.git/config', 'Skipping file due to excluded folder: .git/config'],
    ['.profile', 'Skipping file due to hidden name: .profile'],
    ['.env', 'Skipping file due to secret: .env'],
    ['Thumbs.db', 'Skipping file due to operating system litter: Thumbs.db'],
    ['a.psd', 'Skipping file due to .syncignore: a.psd'],
    ['a.mp4', 'Skipping file due to ignore option: a.mp4'],
    ['.lockstep/x', 'Skipping file due to reserved name: .lockstep/x'],
  ];
  for (const [path, line] of rows) {
    it(`says "${line}"`, () => {
      const verdict = ignore.verdict('static', path);
      assert.ok(verdict.ignored);
      assert.equal(describeSkip(verdict, path), line);
      assert.equal(`${describeSkip(verdict)}: ${path}`, line);
    });
  }
});
