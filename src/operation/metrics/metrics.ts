import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { EngineObserver } from '../../engine/observer.ts';
import { createEngineMetrics } from './engine-metrics.ts';
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts';
import { createStateMetrics, type MetricSources } from './state-metrics.ts';

/** Metrics in the words of Prometheus. */
export interface MetricsText {
  /** Value of Content-Type. */
  readonly type: string;
  readonly body: string;
}

/** What is counted of one process. */
export interface Metrics {
  readonly requests: RequestMetrics;
  readonly calls: EngineObserver;
  /** Tells from now on how these do, too. Once. */
  watch(sources: MetricSources): void;
  text(): Promise<MetricsText>;
}

/** Begins to count. @param version release of this package */
export function createMetrics(version: string): Metrics {
  const register = new Registry();
  // Under their usual names, which dashboards for Node know.
  collectDefaultMetrics({ register });
  const build = new Gauge({
    name: 'imagegraph_build_info',
    help: 'Always 1, with the release of imagegraph.',
    labelNames: ['version'],
    registers: [register],
  });
  build.labels(version).set(1);
  return {
    requests: createRequestMetrics(register),
    calls: createEngineMetrics(register),
    watch: (sources) => createStateMetrics(register, sources),
    text: async () => ({ type: register.contentType, body: await register.metrics() }),
  };
}
