import type { RequestHandler } from 'express';
import type { Collector } from '../collect/collector.js';
import type { Metrics } from '../metrics/metrics.js';

/** `GET /metrics`: the status for Prometheus. */
export function answerMetrics(metrics: Metrics, collector: Collector): RequestHandler {
  return async (_req, res) => {
    res.set('Content-Type', metrics.contentType).send(await metrics.expose(collector.collect()));
  };
}
