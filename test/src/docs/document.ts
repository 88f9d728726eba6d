import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../structure/source-files.js';

/** One row of a table, by the heading of its column. */
export type TableRow = Readonly<Record<string, string>>;

/** The text of a document, by its path from the repository's root. */
export function readDocument(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** True when the repository has this file or folder. */
export function exists(path: string): boolean {
  return existsSync(join(repositoryRoot, path));
}

/** Every document: Markdown at the root and below docs/, as paths from the root. */
export function documents(): string[] {
  const atRoot = readdirSync(repositoryRoot).filter((name) => name.endsWith('.md'));
  const below = readdirSync(join(repositoryRoot, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...atRoot, ...below.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

/** The text below a heading, up to the next heading of the same or a higher level. Throws when there is no such heading. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /u.test(line) && line.replace(/^#+ /u, '') === heading);
  if (start === -1) throw new Error(`There is no heading "${heading}".`);
  const level = levelOf(lines[start] ?? '');
  const end = lines.findIndex((line, at) => at > start && levelOf(line) > 0 && levelOf(line) <= level);
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n');
}

function levelOf(line: string): number {
  return /^(#+) /u.exec(line)?.[1]?.length ?? 0;
}

/** All rows of all tables of a text; a cell is its Markdown without white space around it. */
export function tableRows(text: string): TableRow[] {
  const rows: TableRow[] = [];
  let headings: string[] | null = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) {
      headings = null;
      continue;
    }
    const cells = cellsOf(line);
    if (headings === null) headings = cells;
    else if (!cells.every((cell) => /^:?-+:?$/u.test(cell))) {
      rows.push(Object.fromEntries(headings.map((heading, at) => [heading, cells[at] ?? ''])));
    }
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/gu, '')
    .split(/(?<!\\)\|/u)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** The text of a cell without the signs of code. */
export function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

/** The words in code style of a text: `like this`. */
export function codeWords(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/gu)].map(([, word]) => word ?? '');
}
