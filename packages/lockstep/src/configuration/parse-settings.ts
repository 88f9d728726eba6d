import type { Log, NodeId } from '@lockstep/core';
import { refuse, textOf, type Setting } from './setting.js';

const namePattern = /^[A-Za-z0-9._-]{1,64}$/;
const nameRemedy = 'Use 1–64 of A–Z a–z 0–9 . _ - and a name that no other server has.';
const pathPattern = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const decimalPattern = /^\d+(?:\.\d+)?$/;
const mostMebibytes = 1024 * 1024;

/** This server's name; the host name where none is given. Throws OPTION_INVALID. */
export function parseName(setting: Setting | undefined, hostName: string): NodeId {
  if (setting === undefined) {
    if (namePattern.test(hostName)) return hostName;
    const asked: Setting = { label: 'LOCKSTEP_NAME', value: hostName, secret: false };
    throw refuse(asked, 'the host name stands in for it but cannot be a name', nameRemedy);
  }
  const name = textOf(setting, nameRemedy);
  if (!namePattern.test(name)) throw refuse(setting, 'cannot be a name', nameRemedy);
  return name;
}

/** The largest file in bytes, from a number or text in MiB. Throws OPTION_INVALID. */
export function parseMaxFileBytes(setting: Setting): number {
  const text = typeof setting.value === 'number' ? String(setting.value) : setting.value;
  const mebibytes = typeof text === 'string' && decimalPattern.test(text.trim()) ? Number(text) : NaN;
  if (!(mebibytes > 0 && mebibytes <= mostMebibytes)) {
    throw refuse(setting, 'is not a number of MiB', 'Give a number above 0, such as 100.');
  }
  return Math.floor(mebibytes * 1024 * 1024);
}

/** Permission bits that let the owner read and write: the server itself must be able to. Throws OPTION_INVALID. */
export function parseModeMask(setting: Setting): number {
  const { value } = setting;
  if (typeof value === 'number' && Number.isInteger(value) && (value & 0o600) === 0o600 && value <= 0o777)
    return value;
  throw refuse(
    setting,
    'is no mask that lets the owner read and write',
    'Give permission bits from 0o600 to 0o777, such as 0o755.',
  );
}

/** A path to mount at: plain components, no parameters, no slash at the end. Throws OPTION_INVALID. */
export function parseMountPath(setting: Setting): string {
  const { value } = setting;
  if (typeof value !== 'string' || !pathPattern.test(value)) {
    throw refuse(
      setting,
      'is not a path to mount at',
      'Give one such as "/sync": a slash first, none at the end.',
    );
  }
  return value;
}

/** Patterns in gitignore syntax. Throws OPTION_INVALID. */
export function parsePatterns(setting: Setting): readonly string[] {
  const { value } = setting;
  const isTexts =
    Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '');
  if (!isTexts)
    throw refuse(setting, 'is not a list of patterns', 'Give a list of texts in gitignore syntax.');
  return Object.freeze([...(value as readonly string[])]);
}

/** The app's own log, `false` for none. Throws OPTION_INVALID. */
export function parseLog(setting: Setting): Log | false {
  const { value } = setting;
  if (value === false) return false;
  if (!isLog(value))
    throw refuse(setting, 'is no log', 'Give {debug, info, warn, error}, or false for none.');
  return value;
}

function isLog(value: unknown): value is Log {
  if (typeof value !== 'object' || value === null) return false;
  return ['debug', 'info', 'warn', 'error'].every(
    (method) => typeof Reflect.get(value, method) === 'function',
  );
}
