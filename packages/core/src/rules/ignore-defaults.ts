/** Why a path is left out. */
export type IgnoreReason =
  | 'extension'
  | 'temporary'
  | 'folder'
  | 'hidden'
  | 'secret'
  | 'litter'
  | 'syncignore'
  | 'option'
  | 'reserved'
  | 'type';

/** A built-in rule that a name breaks. */
export interface NameRule {
  readonly reason: IgnoreReason;
  /** The rule as people write it: `*.log`, `node_modules/`. */
  readonly rule: string;
}

/** Extensions of files that only their own server may write: databases, temporaries, bytecode, logs, process files. */
const extensions = new Set(
  [
    ['db', 'sqlite', 'sqlite3', 'mdb'],
    ['tmp', 'temp', 'swp', 'swo', 'bak', 'part'],
    ['pyc', 'pyo', 'log'],
    ['pid', 'sock', 'lock'],
  ].flat(),
);

/** Directories that are left out with all that is in them. */
const directories = new Set([
  ...['__pycache__', '.git', '.svn', '.hg', 'node_modules', '.venv', '.idea', '.vscode', '.cache'],
]);

const litter = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);

/** Hidden files that are part of a site. */
const travellingHiddenFiles = new Set(['.gitignore', '.htaccess']);

/** Names that nothing can re-include: Lockstep's own, and secrets. `name` is one component of a path. */
export function brokenHardRule(name: string): NameRule | null {
  const lower = name.toLowerCase();
  if (lower === '.lockstep' || lower.startsWith('.lockstep-'))
    return { reason: 'reserved', rule: '.lockstep' };
  if (lower.startsWith('.env')) return { reason: 'secret', rule: '.env*' };
  return null;
}

/** Directories that are left out unless somebody re-includes them. `name` is one component. */
export function brokenDirectoryRule(name: string): NameRule | null {
  const lower = name.toLowerCase();
  if (directories.has(lower)) return { reason: 'folder', rule: `${lower}/` };
  if (name.startsWith('.') && name !== '.well-known') return { reason: 'hidden', rule: '.*/' };
  return null;
}

/** Files that are left out unless somebody re-includes them. `isAtRoot`: the file lies directly in its folder. */
export function brokenFileRule(name: string, isAtRoot: boolean): NameRule | null {
  const lower = name.toLowerCase();
  if (litter.has(lower)) return { reason: 'litter', rule: name };
  return brokenTemporaryRule(name) ?? brokenExtensionRule(lower) ?? brokenHiddenRule(name, isAtRoot);
}

function brokenTemporaryRule(name: string): NameRule | null {
  if (name.endsWith('~')) return { reason: 'temporary', rule: '*~' };
  if (name.length > 1 && name.startsWith('#') && name.endsWith('#'))
    return { reason: 'temporary', rule: '#*#' };
  if (name.startsWith('.#')) return { reason: 'temporary', rule: '.#*' };
  // Vim makes a file of this name to see whether it may write in a directory.
  if (name === '4913') return { reason: 'temporary', rule: '4913' };
  return null;
}

function brokenExtensionRule(lower: string): NameRule | null {
  const extension = lower.slice(lower.lastIndexOf('.') + 1);
  if (lower.includes('.') && extensions.has(extension))
    return { reason: 'extension', rule: `*.${extension}` };
  // SQLite's companions bear the database's whole name. `travel-journal` alone is an honest name, `app.data-journal` is not.
  const companion = /-(?:wal|shm)$|(?<=\.[^.]*)-journal$/u.exec(lower);
  return companion === null ? null : { reason: 'extension', rule: `*${companion[0]}` };
}

function brokenHiddenRule(name: string, isAtRoot: boolean): NameRule | null {
  if (!name.startsWith('.') || travellingHiddenFiles.has(name)) return null;
  return isAtRoot && name === '.syncignore' ? null : { reason: 'hidden', rule: '.*' };
}
