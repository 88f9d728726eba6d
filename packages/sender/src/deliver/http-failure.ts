import type { AxiosError } from 'axios';
import { isSyncError, parseWireError, SyncError } from '@lockstep/core';
import { loadAxios } from './http-axios.js';

const timeoutCodes: ReadonlySet<string> = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Why a request got no answer, as the catalogue says it. A stream that refused to go on keeps its own reason. */
export function describeFailure(error: unknown, url: string): SyncError {
  const own = ownReason(error);
  if (own !== null) return own;
  const code = codeOf(error) ?? 'unknown reason';
  const details = { url, reason: code };
  if (timeoutCodes.has(code)) {
    const message = `${url} did not answer in time. Look at its load and at the network between.`;
    return new SyncError('PEER_TIMEOUT', message, { cause: error, details });
  }
  const message = `Could not reach ${url} (${code}). Start the peer, or mend its address, DNS or the firewall.`;
  return new SyncError('PEER_UNREACHABLE', message, { cause: error, details });
}

/** Why the peer answered a failure. `retryAfter` is its header. */
export function describeAnswer(
  status: number,
  body: Uint8Array,
  retryAfter: unknown,
  url: string,
): SyncError {
  const answered = parseWireError(body);
  const retryAfterMs = retryAfterOf(retryAfter);
  const extra = retryAfterMs === null ? {} : { retryAfterMs };
  if (answered !== null) {
    const { code, message, details } = answered;
    return new SyncError(code, message, { details: { ...details, ...extra, status } });
  }
  const details = { url, status, ...extra };
  if (status === 429) return new SyncError('TOO_MANY_REQUESTS', `${url} asks to wait.`, { details });
  if (status === 502 || status === 503 || status === 504) {
    const message = `${url} answers ${status}: something between, or the peer itself, is not ready. It is tried again.`;
    return new SyncError('PEER_UNREACHABLE', message, { details });
  }
  const message = `${url} answered ${status} and not as Lockstep does. Mend the URL of this peer in LOCKSTEP_PEERS.`;
  return new SyncError('PEER_NONSENSE', message, { details });
}

/** True when a kept-alive connection was closed by the peer just as the request went out: the request can go again at once. */
export function wasStaleConnection(error: unknown): boolean {
  if (!loadAxios().axios.isAxiosError(error) || error.response !== undefined) return false;
  const request: unknown = error.request;
  const isReused = hasField(request, '_currentRequest')
    ? isReusedSocket(request._currentRequest)
    : isReusedSocket(request);
  return isReused && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function isReusedSocket(request: unknown): boolean {
  return hasField(request, 'reusedSocket') && request.reusedSocket === true;
}

function hasField<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}

function ownReason(error: unknown): SyncError | null {
  if (isSyncError(error)) return error;
  if (error instanceof Error && error.cause !== undefined) return ownReason(error.cause);
  return null;
}

function codeOf(error: unknown): string | undefined {
  if (loadAxios().axios.isAxiosError(error)) return codeOfAxios(error);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A refused connection to a name with several addresses is an AggregateError whose first member says why. */
function codeOfAxios(error: AxiosError): string | undefined {
  return error.code ?? (error.cause instanceof Error ? codeOf(error.cause) : undefined);
}

function retryAfterOf(header: unknown): number | null {
  if (typeof header !== 'string') return null;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
