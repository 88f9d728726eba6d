import { writeSync } from 'node:fs';

/** Takes whole lines and writes them a little later, many at once. */
export interface LogWriter {
  write(line: string): void;
  /** Writes what is left, as far as the reader takes it. Also happens by itself when the process exits. */
  flush(): void;
}

export interface LogWriterOptions {
  /** How long a line waits at most. */
  readonly everyMs?: number;
  /** Write at once from this many characters on. */
  readonly gather?: number;
  /** Keep at most this many characters for a reader that does not read. */
  readonly most?: number;
}

/**
 * A writer on a file descriptor, such as 1, standard output. One write of many lines costs the event loop a few microseconds, and
 * nothing is under way when the process exits. When nobody reads any more (EPIPE), it falls silent and lets the process go on
 * and end; a destination of pino tries for ever then. While a reader is slow it keeps lines up to `most`, and then says how many
 * it had to leave out.
 */
export function createLogWriter(fd: number, options: LogWriterOptions = {}): LogWriter {
  const { everyMs = 50, gather = 16 * 1024, most = 4 * 1024 * 1024 } = options;
  let waiting = '';
  let leftOut = 0;
  let broken = false;
  let timer: NodeJS.Timeout | null = null;
  process.on('exit', flush);

  return { write, flush };

  function write(line: string): void {
    if (broken) return;
    if (waiting.length + line.length > most) {
      leftOut += 1;
      return;
    }
    waiting += line;
    if (waiting.length >= gather) flush();
    else wait();
  }

  function wait(): void {
    timer ??= setTimeout(flush, everyMs).unref();
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting === '' || broken) return;
    const bytes = Buffer.from(waiting);
    const written = writeSome(bytes);
    waiting = written === null ? '' : bytes.subarray(written).toString();
    if (waiting !== '') return wait();
    if (leftOut > 0) {
      waiting = `{"level":"warn","time":"${new Date().toISOString()}","leftOut":${leftOut},"msg":"The log was read too slowly: lines were left out"}\n`;
      leftOut = 0;
      wait();
    }
  }

  /** Gives how many bytes were taken; null when nobody will ever read. */
  function writeSome(bytes: Buffer): number | null {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(fd, bytes, written);
      return written;
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (isFull) return lastWholeCharacter(bytes, written);
      broken = true;
      return null;
    }
  }
}

/** A write that was cut inside a character: its first bytes are written again, which is better than a broken rest. */
function lastWholeCharacter(bytes: Buffer, written: number): number {
  let at = written;
  while (at > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}
