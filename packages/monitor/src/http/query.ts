import { showText, SyncError } from '@lockstep/core';
import type { Request } from 'express';

/** A text of the query string; empty when it is absent. Throws REQUEST_MALFORMED when it is given twice. */
export function queryText(req: Request, name: string): string {
  const value: unknown = req.query[name];
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  throw new SyncError('REQUEST_MALFORMED', `The query has "${name}" more than once. Give it once.`);
}

/** A whole number of the query string within bounds. Throws REQUEST_MALFORMED. */
export function queryNumber<T>(
  req: Request,
  name: string,
  absent: T,
  bounds: { min: number; max: number },
): number | T {
  const text = queryText(req, name);
  if (text === '') return absent;
  return wholeNumber(text, `The query's "${name}"`, bounds);
}

/** One of some words; undefined when it is absent. Throws REQUEST_MALFORMED, naming them. */
export function queryWord<T extends string>(
  req: Request,
  name: string,
  isKnown: (word: string) => word is T,
  words: readonly string[],
): T | undefined {
  const text = queryText(req, name);
  if (text === '') return undefined;
  if (isKnown(text)) return text;
  throw new SyncError(
    'REQUEST_MALFORMED',
    `The query's "${name}" is "${showText(text)}". Give one of: ${words.join(', ')}.`,
  );
}

/** The number of a record in the path (`/holds/12/release`). Throws REQUEST_MALFORMED. */
export function recordNumber(req: Request): number {
  const { id } = req.params;
  return wholeNumber(String(id), 'The record number', { min: 1, max: Number.MAX_SAFE_INTEGER });
}

function wholeNumber(text: string, what: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d{1,16}$/u.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new SyncError(
    'REQUEST_MALFORMED',
    `${what} is "${showText(text)}". Give a whole number from ${min} to ${max}.`,
  );
}
