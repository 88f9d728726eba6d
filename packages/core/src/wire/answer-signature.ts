import { hmac, matchingSecret } from './hmac.js';
import type { Secrets } from './secrets.js';
import { sha256 } from './sha256.js';

interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** The nonce of the request that is answered. */
  readonly nonce: string;
  /** The whole body, exactly as sent. */
  readonly body: string | Uint8Array;
}

/** The value of `x-lockstep-answer`: proves that this server gave this answer to this request. `secret` is the one that verified it. */
export function signAnswer(answer: Answer & { readonly secret: string }): string {
  return hmac(answer.secret, linesOf(answer));
}

/** True when a holder of the secret gave this answer to the request with this nonce. A header that is missing is `undefined`. */
export function verifyAnswer(
  answer: Answer & { readonly secrets: Secrets; readonly signature: unknown },
): boolean {
  if (typeof answer.signature !== 'string') return false;
  return matchingSecret(answer.secrets, linesOf(answer), answer.signature) !== null;
}

function linesOf({ status, nonce, body }: Answer): (string | number)[] {
  return ['LOCKSTEP-ANSWER-V1', status, nonce, sha256(body)];
}
