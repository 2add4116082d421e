import type { Logger } from 'pino';
import type { GatewayObserver } from '../plugins/use-observer.ts';
import { requestIdOf } from '../request-id.ts';

/**
 * Logs operations that took so many milliseconds or more: what kind, which name, how long, never what was asked. A
 * subscription is as slow as its events, and is not among them.
 */
export function logSlowOperations(log: Logger, fromMilliseconds: number): GatewayObserver {
  return {
    answered({ type, name, code, milliseconds, request }) {
      if (milliseconds === null || milliseconds < fromMilliseconds) return;
      const operation = name ?? undefined;
      const took = Math.round(milliseconds);
      const id = requestIdOf(request) ?? undefined;
      log.warn({ requestId: id, type, operation, code, milliseconds: took }, 'slow operation');
    },
  };
}
