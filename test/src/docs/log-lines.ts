import { productionFiles, workspaces } from '../structure/source-files.js';

/** Stands for a value in a line. */
const value = '\u0000';

const text = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/u.source;
/** One text, or several joined by `+`. */
const joined = new RegExp(`(?:${text})(?:\\s*\\+\\s*(?:${text}))*`, 'gu');
const logged = new RegExp(
  `\\blog\\??\\.(?:info|warn|error)\\(\\s*((?:${text})(?:\\s*\\+\\s*(?:${text}))*)`,
  'gu',
);

/** Joined texts as one, every `${…}` a value. */
function patternOf(quoted: string): string {
  const parts = quoted.match(new RegExp(text, 'gu')) ?? [];
  return parts
    .map((part) => part.slice(1, -1))
    .join('')
    .replaceAll(/\$\{[^{}]*\}/gu, value)
    .replaceAll("\\'", "'");
}

const sources: readonly string[] = workspaces
  .filter((workspace) => workspace.startsWith('packages/'))
  .flatMap(productionFiles)
  .filter((file) => !file.place.startsWith('testing/'))
  .map((file) => file.text);

/** Every text in the sources. */
const allTexts: ReadonlySet<string> = new Set(
  sources.flatMap((source) => [...source.matchAll(joined)].map(([quoted]) => patternOf(quoted))),
);

/** What is passed to `log.info`, `log.warn` and `log.error` as text. */
export const loggedTexts: ReadonlySet<string> = new Set(
  sources.flatMap((source) => [...source.matchAll(logged)].map(([, quoted = '']) => patternOf(quoted))),
);

/** A documented line as a pattern: words in capitals are values, `…` at the end is the rest. */
function documentedPattern(line: string): RegExp {
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const values = escaped.replaceAll(/(?<![A-Z_])[A-Z]{4,}(?![A-Z_])/gu, `(?:${value}|[^${value}]+)`);
  return new RegExp(`^${values.replace(/ …$/u, '.*')}$`, 'u');
}

/** True when the sources contain this documented line. */
export function isInSources(line: string): boolean {
  const pattern = documentedPattern(line);
  return [...allTexts].some((each) => pattern.test(each));
}

/** True when one of the documented lines says this text of the sources. */
export function isDocumented(logText: string, lines: readonly string[]): boolean {
  return lines.some((line) => documentedPattern(line).test(logText));
}
