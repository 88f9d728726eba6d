import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './secrets.js';

/** HMAC-SHA256 over these lines joined by `\n`, hex. */
export function hmac(secret: string, lines: readonly (string | number)[]): string {
  return createHmac('sha256', secret).update(lines.join('\n')).digest('hex');
}

/** The secret under which these lines have this HMAC, null when none does. Takes the same time wherever a guess goes wrong. */
export function matchingSecret(
  secrets: Secrets,
  lines: readonly (string | number)[],
  given: string,
): string | null {
  let matching: string | null = null;
  for (const secret of secrets) {
    if (equalsInConstantTime(hmac(secret, lines), given)) matching ??= secret;
  }
  return matching;
}

/** Compares texts without telling by its duration how much of them agrees; only their length shows. */
export function equalsInConstantTime(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(given);
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
