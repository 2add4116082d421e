import {
  createYoga,
  type Plugin,
  useExecutionCancellation,
  type YogaServerInstance,
} from 'graphql-yoga';
import { type Context, createContext } from './context.ts';
import { createImageEventLog, type ImageEventLog } from './image-index/image-event-log.ts';
import type { ImageIndex } from './image-index/image-index.ts';
import { useClosedSchema } from './plugins/use-closed-schema.ts';
import { createAnswerSizes } from './limits/answer-size.ts';
import { withDefaults } from './limits/given-limits.ts';
import { type Limits, MAX_BODY_BYTES } from './limits/limits.ts';
import { useAdmission } from './plugins/use-admission.ts';
import { useAnswerLimits } from './plugins/use-answer-limits.ts';
import { createDocumentCaches } from './plugins/document-caches.ts';
import { useColumnExecution } from './plugins/use-column-execution.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useEventStream } from './plugins/use-event-stream.ts';
import { type GatewayObserver, useObserver } from './plugins/use-observer.ts';
import { type HiddenErrorLog, usePublicErrors } from './plugins/use-public-errors.ts';
import { useKnownOperations } from './plugins/use-known-operations.ts';
import { usePersistedDocuments } from './plugins/use-persisted-documents.ts';
import { useResponseCache } from './plugins/use-response-cache.ts';
import { useStaleness } from './plugins/use-staleness.ts';
import { useVariableLimits } from './plugins/use-variable-limits.ts';
import { NO_REGISTRIES, type Registries } from './registry/registries.ts';
import { schema } from './schema/index.ts';
import { createSubgraph } from './schema/subgraph.ts';
import { trustDocuments } from './trusted-documents/trusted-documents.ts';

/** What the gateway serves, and whom it tells of what clients do not see. */
export interface GatewayOptions {
  /** By configured engine name, in the order of configuration. */
  readonly indexes: ReadonlyMap<string, ImageIndex>;
  /** Where the indexes say what happened to images; without one nothing ever does. */
  readonly events?: ImageEventLog;
  /** Which registries may be asked; none when left out. */
  readonly registries?: Registries;
  /** Told of every shown error whose cause clients do not see, and how many more there are of each engine and code. */
  readonly onHiddenError: HiddenErrorLog;
  /** Told of every operation, for metrics and logs. */
  readonly observer?: GatewayObserver;
  /** How much of the answers is kept while nothing changes, in bytes; nothing when left out or 0. */
  readonly responseCacheBytes?: number;
  /** Whether it is a Federation 2 subgraph, with _service and _entities. */
  readonly federation?: boolean;
  /** Whether others than this machine can ask: then there is no introspection. */
  readonly exposed?: boolean;
  /** How much may be asked for, where it is not the default (docs/limits.md). Those of requests and connections are for the server. */
  readonly limits?: Partial<Omit<Limits, 'rate' | 'clientConnections' | 'unread'>>;
  /** The only documents that may be run, by their ids; any when left out. */
  readonly trustedDocuments?: ReadonlyMap<string, string> | null;
  /** Further plugins, for whoever watches what is done. */
  readonly plugins?: readonly Plugin<Context>[];
  /** Told what Yoga itself has to say. */
  readonly onWarning?: (message: string) => void;
}

/** What the server knows of a request besides its text: the third argument of the handler. */
export interface RequestContext {
  /** Who asks, for the limits of one client; without it, all are one crowd that has only the limits of all. */
  readonly client?: string;
}

/**
 * The GraphQL API as a request handler for POST /graphql: Yoga without what a gateway to a root-equivalent
 * socket must not have (CORS that mirrors any origin, multipart, a page that loads scripts from elsewhere).
 * @throws TypeError that names limits out of their bounds
 * @throws Error that names the trusted documents which do not fit the schema or the limits, each in a line
 */
export function createGateway(
  options: GatewayOptions,
): YogaServerInstance<RequestContext, Context> {
  const warn = (...words: unknown[]) => options.onWarning?.(words.map(String).join(' '));
  const { indexes, responseCacheBytes = 0, trustedDocuments = null, observer } = options;
  const limits = withDefaults(options.limits);
  const served = options.federation === true ? createSubgraph().schema : schema;
  const trusted = trustedDocuments && trustDocuments(trustedDocuments, served, limits);
  const sources = {
    indexes,
    events: options.events ?? createImageEventLog(),
    registries: options.registries ?? NO_REGISTRIES,
    limits,
    createSize: createAnswerSizes(limits),
  };
  return createYoga<RequestContext, Context>({
    schema: served,
    graphqlEndpoint: '/graphql',
    context: ({ request, client = null }) => createContext(sources, request.signal, client),
    plugins: [
      usePublicErrors(options.onHiddenError, limits.errors),
      useVariableLimits(),
      usePersistedDocuments(trusted),
      useDocumentLimits(served, limits),
      useKnownOperations(),
      // What is trusted may ask for the schema too.
      useClosedSchema(options.exposed !== true || trusted !== null),
      useStaleness(),
      useExecutionCancellation(),
      useAnswerLimits(),
      useColumnExecution(),
      useAdmission(served, limits),
      useEventStream(),
      ...(responseCacheBytes > 0 ? [useResponseCache(indexes, responseCacheBytes, observer)] : []),
      ...(observer === undefined ? [] : [useObserver(observer)]),
      ...(options.plugins ?? []),
    ],
    parserAndValidationCache: createDocumentCaches(),
    maskedErrors: false,
    cors: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: '/healthz',
    maxRequestBodySize: MAX_BODY_BYTES,
    logging: { debug: () => {}, info: () => {}, warn, error: warn },
  });
}
