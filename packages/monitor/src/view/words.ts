import { showText } from '@lockstep/core';

/** Between a number and its unit: lines do not break there. */
const space = '\u00a0';

/** Longest name shown, in characters: a path may be far longer than a line. */
const maxNameLength = 400;

/** A name from the disk or the network, with everything invisible or reordering spelled out. */
export function nameWords(name: string): string {
  return showText(name, maxNameLength);
}

/** `1,234`. */
export function numberWords(value: number): string {
  return value.toLocaleString('en');
}

/** `1 change`, `1,234 changes`. */
export function countWords(value: number, noun: string): string {
  return `${numberWords(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `0 B`, `512 B`, `4.1 KB`, `133 MB`: powers of 1,000, as file managers show. */
export function byteWords(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)}${space}${units[unit] ?? ''}`;
}

/** `8 ms`, `1.2 s`, `3 min`, `2 h`; a dash for null. */
export function durationWords(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 999.5) return `${ms < 9.95 && !Number.isInteger(ms) ? ms.toFixed(1) : Math.round(ms)}${space}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}${space}s`;
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)}${space}min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)}${space}h`;
  return `${Math.round(ms / 86_400_000)}${space}days`;
}

/** `100 %`, `99.4 %`: never rounded up to 100; a dash for null. */
export function rateWords(rate: number | null): string {
  if (rate === null) return '–';
  const percent = Math.floor(rate * 1000) / 10;
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)}${space}%`;
}

/** ISO text for `<time datetime>`; empty for null. */
export function isoWords(ms: number | null): string {
  return ms === null || !Number.isFinite(ms) ? '' : new Date(ms).toISOString();
}
