import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '../../errors.ts';
import type { GatewayObserver } from '../../plugins/use-observer.ts';

/** From an answer that was kept to the 20 s that an operation may take, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** What is told of requests: by the gateway, and by the server of those that it does not let through to it. */
export interface RequestMetrics extends GatewayObserver {
  refused(code: ErrorCode): void;
}

/** Counts what is asked of the gateway. Nothing that a client sent is in a label. */
export function createRequestMetrics(register: Registry): RequestMetrics {
  const registers = [register];
  const requests = new Counter({
    name: 'imagegraph_requests_total',
    help: 'Requests by type of operation (unknown for what was refused unread) and code of the first error, OK without one.',
    labelNames: ['type', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'imagegraph_request_duration_seconds',
    help: 'Time from the arrival of a GraphQL request until its answer was ready to be sent, by type of operation, without subscriptions.',
    labelNames: ['type'],
    buckets: BUCKETS,
    registers,
  });
  const lookups = new Counter({
    name: 'imagegraph_response_cache_lookups_total',
    help: 'Requests that an answer may have been kept for, by whether there was one (hit, miss).',
    labelNames: ['result'],
    registers,
  });
  const bytes = new Gauge({
    name: 'imagegraph_response_cache_bytes',
    help: 'Size of the answers that are kept.',
    registers,
  });
  // Looked up once: this is asked for by every request.
  const [hits, misses] = [lookups.labels('hit'), lookups.labels('miss')];
  return {
    answered({ type, code, milliseconds }) {
      requests.labels(type, code).inc();
      if (milliseconds !== null) duration.labels(type).observe(milliseconds / 1_000);
    },
    refused: (code) => requests.labels('unknown', code).inc(),
    cacheAsked: (isHit) => (isHit ? hits : misses).inc(),
    cacheHolds: (size) => bytes.set(size),
  };
}
