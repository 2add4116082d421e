import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ErrorCode } from '../errors.ts';

/** What was asked, and what became of it. */
export interface AnsweredOperation {
  /** unknown where it was refused before it could be told. */
  readonly type: 'query' | 'subscription' | 'unknown';
  /**
   * As its document calls it, the first 64 characters, each a letter, a digit or _; null without a name, and for an
   * answer that was kept.
   */
  readonly name: string | null;
  /** Of the first error. */
  readonly code: ErrorCode | 'OK';
  /** From its arrival until its answer was ready to be sent; null for a subscription, which goes on. */
  readonly milliseconds: number | null;
  /** That it came with. */
  readonly request: Request;
}

/** Told of what a gateway does; it must not wait and not throw. */
export interface GatewayObserver {
  /** An operation has its answer, or a subscription has begun or was refused. */
  answered(operation: AnsweredOperation): void;
  /** An answer that may be kept was looked for among those that are. */
  cacheAsked?(isHit: boolean): void;
  /** How much is kept, in bytes, whenever that changes. */
  cacheHolds?(bytes: number): void;
}

/** How much of a name is told: it comes from a client, and may be as long as a request. */
const MAX_NAME = 64;

/** What is known so far of an operation that is being answered. */
interface Running {
  readonly since: number;
  type: AnsweredOperation['type'];
  name: string | null;
  /** Null until there is a result. */
  code: AnsweredOperation['code'] | null;
}

/** On the context itself: a WeakMap of what lives for 50 µs would cost more than all else here. */
const RUNNING = Symbol('running');
interface Watched {
  [RUNNING]?: Running;
}

/** Tells an observer of every operation. After all plugins that change results. */
export function useObserver(observer: GatewayObserver): Plugin {
  return {
    onRequest({ serverContext }) {
      const since = performance.now();
      (serverContext as Watched)[RUNNING] = { since, type: 'unknown', name: null, code: null };
    },
    onExecute: ({ args }) => begin('query', args),
    onSubscribe: ({ args }) => begin('subscription', args),
    onResultProcess({ result, serverContext }) {
      const running = (serverContext as Watched)[RUNNING];
      if (running === undefined || Array.isArray(result)) return;
      running.code = codeOf(result);
      // An answer that was kept is given without a look at its document.
      if (running.code === 'OK' && running.type === 'unknown') running.type = 'query';
    },
    onResponse({ request, response, serverContext }) {
      const running = (serverContext as Watched)[RUNNING];
      if (running === undefined || running.code === null) return;
      const { type, name, since } = running;
      // A stream that its client does not accept is refused without an error in the result.
      const code = running.code === 'OK' && !response.ok ? 'NOT_ACCEPTABLE' : running.code;
      const milliseconds = type === 'subscription' ? null : performance.now() - since;
      observer.answered({ type, name, code, milliseconds, request });
    },
  };
}

function begin(type: 'query' | 'subscription', args: ExecutionArgs): void {
  const running = (args.contextValue as Watched)[RUNNING];
  if (running === undefined) return;
  const name = getOperationAST(args.document, args.operationName)?.name?.value;
  running.type = type;
  running.name = name?.slice(0, MAX_NAME) ?? null;
}

function codeOf(result: object): AnsweredOperation['code'] {
  const [error] =
    (result as { errors?: readonly { extensions?: { code?: unknown } }[] }).errors ?? [];
  return error === undefined ? 'OK' : (error.extensions?.code as ErrorCode);
}
