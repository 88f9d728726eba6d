import type { RequestHandler } from 'express';
import type { Collector } from '../collect/collector.js';

/** `GET /api/status`: everything the page shows, as JSON. */
export function answerStatus(collector: Collector): RequestHandler {
  return (_req, res) => {
    res.json(collector.collect());
  };
}
