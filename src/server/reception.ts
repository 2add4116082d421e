import type http from 'node:http';
import type { ErrorCode } from '../errors.ts';
import { createTokenCheck } from './bearer-token.ts';
import { createDoor, type Door, type DoorRules } from './door.ts';
import { createGraphiQLPage } from './graphiql.ts';
import { identify } from './identify.ts';
import { answerProbe, type OperationPages } from './operation-pages.ts';
import { createOwnHosts, type OwnHostsOptions } from './own-hosts.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Refusal, type Refuse, sendRefusal } from './refusal.ts';
import { answerRequest } from './routes.ts';
import { boundChunks } from './small-chunks.ts';

/** Whom to let in and what to answer. */
export interface ReceptionOptions {
  /** That requests must carry; null, or left out, for none. */
  readonly token?: string | null;
  /** Further values of the Host header, in lower case. */
  readonly allowHosts?: readonly string[];
  /** Origins whose pages may ask besides the server's own. */
  readonly allowOrigins?: readonly string[];
  readonly onRefused?: DoorRules['onRefused'];
  /** Told of every request that gets no further than the door. */
  readonly onRefusal?: (code: ErrorCode) => void;
  /** Whether GET /graphql shows GraphiQL to browsers. */
  readonly graphiql: boolean;
  /** Counts requests to it; all are answered when left out. */
  readonly limitRate?: RateLimit;
  /** Answers POST /graphql. */
  readonly graphql: http.RequestListener;
  /** Answers GET /readyz and GET /metrics; when left out, it is ready, and there are none. */
  readonly pages?: OperationPages;
}

/** Where every request of a server comes in. */
export interface Reception {
  readonly answer: http.RequestListener;
  /** Takes another token from now on. */
  renewToken(token: string | null): void;
  /** Answers nobody new from now on, and says so to probes. */
  drain(): void;
}

const CLOSING: Refusal = {
  status: 503,
  code: 'OVERLOADED',
  headers: { connection: 'close', 'retry-after': '1' },
};

/** The reception of a server that listens. */
export function createReception(
  options: ReceptionOptions & Omit<OwnHostsOptions, 'allowHosts'>,
): Reception {
  const { pages = null, limitRate = () => null, graphql } = options;
  const page = options.graphiql ? createGraphiQLPage(options.token != null) : null;
  let door = openDoor(options, options.token ?? null);
  let isDraining = false;
  const isReady = (): boolean => !isDraining && (pages?.isReady() ?? true);
  const refuse: Refuse = (request, response, refusal) => {
    options.onRefusal?.(refusal.code);
    sendRefusal(request, response, refusal);
  };
  return {
    answer(request, response) {
      // It was sent before the one before it was answered.
      if (request.socket.destroyed) return;
      boundChunks(request);
      identify(request, response);
      if (answerProbe(request, response, isReady)) return;
      if (isDraining) return refuse(request, response, CLOSING);
      answerRequest(request, response, { door, page, pages, limitRate, graphql, refuse });
    },
    renewToken: (token) => void (door = openDoor(options, token)),
    drain: () => void (isDraining = true),
  };
}

function openDoor(
  options: ReceptionOptions & Omit<OwnHostsOptions, 'allowHosts'>,
  token: string | null,
): Door {
  const { scheme, host, port, allowHosts = [], allowOrigins = [], onRefused } = options;
  return createDoor({
    hosts: createOwnHosts({ scheme, host, port, allowHosts }),
    allowOrigins: new Set(allowOrigins),
    token: token === null ? null : createTokenCheck(token),
    ...(onRefused === undefined ? {} : { onRefused }),
  });
}
