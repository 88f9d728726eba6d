import type { RequestHandler } from 'express';
import type { Collector } from '../collect/collector.js';
import type { Metrics } from '../metrics/metrics.js';

/** `GET /metrics`: the status for Prometheus. Its library is loaded at the first scrape: most servers see none. */
export function answerMetrics(collector: Collector): RequestHandler {
  let loading: Promise<Metrics> | undefined;
  return async (_req, res) => {
    const metrics = await (loading ??= loadMetrics());
    res.set('Content-Type', metrics.contentType).send(await metrics.expose(collector.collect()));
  };
}

async function loadMetrics(): Promise<Metrics> {
  const { createMetrics } = await import('../metrics/metrics.js');
  return createMetrics();
}
