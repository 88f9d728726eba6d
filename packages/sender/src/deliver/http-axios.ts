import { createRequire } from 'node:module';
import { loadShapes } from '@lockstep/core';
import type { AxiosStatic } from 'axios';
import type { AxiosRetry } from 'axios-retry';

const require = createRequire(import.meta.url);

/** The library that requests are made with, and what repeats them. */
export interface Axios {
  readonly axios: AxiosStatic;
  readonly axiosRetry: AxiosRetry;
}

let loaded: Axios | undefined;

/** Does now what the first request and its answer would wait for: a fifth of a second. */
export function loadHttp(): void {
  loadAxios();
  loadShapes();
}

/**
 * Loads axios at the first call: a server without peers needs none. Its CommonJS side is one file; the ES side is 66, which took twice
 * the CPU time and memory to load.
 */
export function loadAxios(): Axios {
  loaded ??= {
    axios: require('axios') as AxiosStatic,
    axiosRetry: (require('axios-retry') as { readonly default: AxiosRetry }).default,
  };
  return loaded;
}
