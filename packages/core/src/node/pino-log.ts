import { pino, type DestinationStream, type LoggerOptions } from 'pino';
import { isSyncError } from '../model/error.js';
import { showText } from '../model/show-text.js';
import type { Log, LogFields } from '../ports/log.js';
import { createLogWriter, type LogWriter } from './log-writer.js';

/** From the most talkative to none. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface PinoLogOptions {
  readonly level: LogLevel;
  /** The server's name: stands in every line. */
  readonly name: string;
  /** Where the lines go; standard output without it. */
  readonly destination?: DestinationStream;
}

/** Field names that never reach the log, at the first and the second level. */
const secretFields = [
  'secret',
  'secrets',
  'peerSecrets',
  'password',
  'monitorPassword',
  'token',
  'uploadToken',
  'authorization',
];
const secretNames: ReadonlySet<string> = new Set(secretFields);
const longestMessage = 4000;

/** One for the process, so that lines stay in order. */
let standardOutput: LogWriter | null = null;

/**
 * A log of one JSON object per line (pino). Names from the network cannot forge a line: control and direction-changing
 * characters are spelled out. Lines are gathered and written off the hot path, at the latest after 50 ms and at exit;
 * a `kill -9` loses what was not written by then.
 */
export function createPinoLog(options: PinoLogOptions): Log {
  const destination = options.destination ?? (standardOutput ??= createLogWriter(1));
  const shape: LoggerOptions = {
    level: options.level,
    base: { name: options.name, pid: process.pid },
    serializers: { error: describeError, cause: describeError },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const paths = secretFields.flatMap((field) => [field, `*.${field}`]);
  const redacting = pino({ ...shape, redact: { paths, censor: '[redacted]' } }, destination);
  const plain = pino(shape, destination);
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) => {
    if (!plain.isLevelEnabled(level)) return;
    const logger = fields !== undefined && mayHoldSecret(fields) ? redacting : plain;
    logger[level](fields ?? {}, showText(message, longestMessage));
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Looking for secrets costs two thirds of a line's time, and the line of a file has only plain values under harmless names. */
function mayHoldSecret(fields: LogFields): boolean {
  return Object.entries(fields).some(
    ([name, value]) => secretNames.has(name) || (typeof value === 'object' && value !== null),
  );
}

/** An error of the catalogue needs no stack to be understood; any other one does. */
function describeError(error: unknown): unknown {
  if (isSyncError(error)) return { code: error.code, message: error.message, details: error.details };
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    code: 'code' in error ? error.code : undefined,
  };
}
