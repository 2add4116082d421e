import type { Logger } from 'pino';
import type { EngineObserver } from '../engine/observer.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { RequestMetrics } from './metrics/request-metrics.ts';
import type { MetricSources } from './metrics/state-metrics.ts';
import { createReadiness } from './readiness.ts';
import { logSlowOperations } from './slow-operations.ts';
import type { Tracing } from './tracing.ts';

/** What is told about a process, and to whom. */
export interface OperationOptions {
  /** Release of this package. */
  readonly version: string;
  readonly log: Logger;
  /** From how many milliseconds on an operation is logged; 0 for none. */
  readonly slowOperationMs: number;
  /** Null when nobody collects traces. */
  readonly tracing: Tracing | null;
}

/** All that watches one process. */
export interface Operation {
  /** To be told of requests. */
  readonly requests: RequestMetrics;
  /** To be told of calls to engines. */
  readonly calls: EngineObserver;
  /** What the server answers itself, about these. */
  pages(sources: MetricSources): { isReady(): boolean; metrics: Metrics['text'] };
}

/** Begins to watch. */
export function createOperation(options: OperationOptions): Operation {
  const { version, log, slowOperationMs, tracing } = options;
  const metrics = createMetrics(version);
  const readiness = createReadiness();
  const slow = slowOperationMs > 0 ? [logSlowOperations(log, slowOperationMs)] : [];
  const traced = tracing === null ? [] : [tracing];
  const requests = [...slow, ...traced.map((each) => each.requests)];
  return {
    requests: {
      ...metrics.requests,
      answered(operation) {
        metrics.requests.answered(operation);
        for (const other of requests) other.answered(operation);
      },
    },
    calls: toAll([metrics.calls, readiness.calls, ...traced.map(({ calls }) => calls)]),
    pages(sources) {
      metrics.watch(sources);
      const engines = [...sources.indexes.values()].map(({ engine }) => engine);
      return { isReady: () => readiness.isReady(engines), metrics: metrics.text };
    },
  };
}

function toAll(observers: readonly EngineObserver[]): EngineObserver {
  return {
    callStarted(call) {
      const ends = observers.map((observer) => observer.callStarted(call));
      return (outcome) => {
        for (const end of ends) end(outcome);
      };
    },
  };
}
