import { Counter, Gauge, Registry } from 'prom-client';
import type { MonitorStatus } from '../status.js';
import { series } from './series.js';

/** The status in Prometheus' text format, in a registry of its own: the app's metrics are not touched. */
export interface Metrics {
  readonly contentType: string;
  expose(status: MonitorStatus): Promise<string>;
}

/** One metric per series, filled anew from a status at every scrape. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const fill = series.map(({ kind, name, help, labels, read }) => {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    const metric = kind === 'gauge' ? new Gauge(options) : new Counter(options);
    return (status: MonitorStatus) => {
      metric.reset();
      for (const sample of read(status)) metric.inc({ ...sample.labels }, sample.value);
    };
  });
  return {
    contentType: registry.contentType,
    expose(status) {
      for (const fillOne of fill) fillOne(status);
      return registry.metrics();
    },
  };
}
