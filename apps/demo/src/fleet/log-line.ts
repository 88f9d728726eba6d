/** What a person wants to see of one line of a server's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
}

/** Reads a line of the JSON log; any other line is its own message. */
export function readLogLine(line: string): LogLine {
  const parsed = parse(line);
  if (typeof parsed !== 'object' || parsed === null || !('msg' in parsed) || !('level' in parsed)) {
    return { level: 'info', message: line };
  }
  return { level: String(parsed.level), message: String(parsed.msg) };
}

function parse(line: string): unknown {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // some other program's line, shown as it is
    throw error;
  }
}
