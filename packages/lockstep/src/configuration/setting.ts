import { showText, SyncError } from '@lockstep/core';

/** One setting as it was given: by an option or by a variable. */
export interface Setting {
  /** How messages call it: `LOCKSTEP_PEERS` or `the option "peers"`. */
  readonly label: string;
  readonly value: unknown;
  /** Its value never stands in a message. */
  readonly secret: boolean;
}

/**
 * The error for a bad setting: OPTION_INVALID.
 * @param problem completes "LOCKSTEP_X="value" …"
 * @param remedy a whole sentence: what to do
 */
export function refuse(setting: Setting, problem: string, remedy: string): SyncError {
  const shown = setting.secret ? setting.label : `${setting.label}=${quote(setting.value)}`;
  return new SyncError('OPTION_INVALID', `${shown}: ${problem}. ${remedy}`, {
    details: { option: setting.label },
  });
}

/** A value for a message: short, on one line, nothing invisible. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${showText(value)}"`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(quote).join(', ')}]`;
  return `(${typeof value})`;
}

/** Gives text without surrounding white space. */
export function textOf(setting: Setting, remedy: string): string {
  if (typeof setting.value !== 'string') throw refuse(setting, 'is not text', remedy);
  const text = setting.value.trim();
  if (text === '') throw refuse(setting, 'is empty', remedy);
  return text;
}

/** Gives a list from an array of texts or from text with commas; empty items are left out. */
export function listOf(setting: Setting, remedy: string): string[] {
  const { value } = setting;
  const items: readonly unknown[] | null =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : null;
  if (items === null) throw refuse(setting, 'is neither text nor a list of texts', remedy);
  const texts = items.map((item) => {
    if (typeof item !== 'string') throw refuse(setting, 'has an item that is not text', remedy);
    return item.trim();
  });
  return texts.filter((text) => text !== '');
}

/** Gives one of a closed set. */
export function oneOf<T extends string>(setting: Setting, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === setting.value);
  if (found === undefined) throw refuse(setting, 'is not known', `Use one of: ${allowed.join(', ')}.`);
  return found;
}

/** Gives true or false. */
export function flagOf(setting: Setting): boolean {
  if (typeof setting.value !== 'boolean')
    throw refuse(setting, 'is neither true nor false', 'Use true or false.');
  return setting.value;
}
