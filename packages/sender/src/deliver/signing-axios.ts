import type { AxiosInstance } from 'axios';
import {
  headers as names,
  parseDigest,
  signRequest,
  type Clock,
  type NodeId,
  type Random,
  type Secrets,
} from '@lockstep/core';
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { loadAxios } from './http-axios.js';

/** An answer longer than this is nonsense, in bytes. */
const maxAnswerBytes = 16 * 1024 * 1024;

export interface SigningOptions {
  /** Where the peer's routes are mounted. */
  readonly url: string;
  readonly node: NodeId;
  readonly release: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * An axios that goes where the configuration says or nowhere: no redirects, no proxy from the environment. It signs as a request
 * leaves, with the `to` and `digest` headers it was given, so that a repeated request gets a nonce of its own.
 */
export function createSigningAxios(
  options: SigningOptions,
  agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent },
): AxiosInstance {
  const client = loadAxios().axios.create({
    ...agents,
    baseURL: options.url,
    headers: { 'user-agent': `lockstep/${options.release}` },
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    // No limit; any number, even infinity, puts a stream of axios that counts between a body and its socket.
    maxBodyLength: -1,
    maxContentLength: maxAnswerBytes,
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  });
  client.interceptors.request.use((config) => {
    const { node, secrets, clock, random } = options;
    const signed = signRequest({
      secrets,
      method: (config.method ?? 'get').toUpperCase(),
      route: config.url ?? '',
      node,
      to: String(config.headers.get(names.to)),
      digest: parseDigest(config.headers.get(names.digest)),
      nowMs: clock.now(),
      random,
    });
    for (const [name, value] of Object.entries(signed)) config.headers.set(name, value);
    return config;
  });
  return client;
}
