import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EngineObserver } from '../../engine/observer.ts';

/** From a ping to the first list of a big store, in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts what is asked of engines. An endpoint is a pattern without the name of any image. */
export function createEngineMetrics(register: Registry): EngineObserver {
  const registers = [register];
  const calls = new Counter({
    name: 'imagegraph_engine_calls_total',
    help: 'Requests to engines that have ended, by endpoint and how: OK, ABANDONED when nobody wanted the answer any more, or the code of the error.',
    labelNames: ['engine', 'endpoint', 'code'],
    registers,
  });
  const retries = new Counter({
    name: 'imagegraph_engine_retries_total',
    help: 'Requests to engines that were sent once more.',
    labelNames: ['engine'],
    registers,
  });
  const duration = new Histogram({
    name: 'imagegraph_engine_call_duration_seconds',
    help: 'Time from sending a request to an engine until its answer was read, without the stream of events.',
    labelNames: ['engine', 'endpoint'],
    buckets: BUCKETS,
    registers,
  });
  const underWay = new Gauge({
    name: 'imagegraph_engine_calls_in_flight',
    help: 'Requests to engines that are under way, the stream of events too.',
    labelNames: ['engine'],
    registers,
  });
  return {
    callStarted({ engine, endpoint, attempt }) {
      const since = performance.now();
      underWay.labels(engine).inc();
      if (attempt > 1) retries.labels(engine).inc();
      return ({ code }) => {
        underWay.labels(engine).dec();
        calls.labels(engine, endpoint, code ?? 'OK').inc();
        if (endpoint === '/events') return;
        duration.labels(engine, endpoint).observe((performance.now() - since) / 1_000);
      };
    },
  };
}
