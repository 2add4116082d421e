import type http from 'node:http';
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { EngineObserver } from '../engine/observer.ts';
import { hideSecrets } from '../engine/secret-forms.ts';
import type { GatewayObserver } from '../plugins/use-observer.ts';

/** How long the last spans may take to be sent when the process ends, in milliseconds. */
const FLUSH_MS = 800;
/** How much of what a collector says is read, and how much of that goes to the log, in characters. */
const MAX_SAID = 4_000;
const MAX_DETAIL = 500;

/** Tells a collector what was done for each request. */
export interface Tracing {
  /** Adds what an operation was to the span of its request. */
  readonly requests: GatewayObserver;
  /** Makes a span of each call to an engine, below that of the request which it is made for. */
  readonly calls: EngineObserver;
  /** Makes a span of each request, below the one that its traceparent names. */
  around(listener: http.RequestListener): http.RequestListener;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

/** Told what is wrong, in OpenTelemetry's words. */
export interface TracingProblems {
  /** A setting cannot be used; another is used in its place. */
  readonly setting: (detail: string) => void;
  /** Spans cannot be sent. */
  readonly sending: (detail: string) => void;
}

/**
 * Begins to trace, with the settings that OpenTelemetry itself reads from the environment: where to send spans, which
 * of them, and attributes of the resource.
 */
export function startTracing(version: string, problems: TracingProblems): Tracing {
  // Settings are read as soon as anything is made.
  hear(DiagLogLevel.WARN, (detail) => problems.setting(withoutCredentials(detail)));
  const provider = createProvider(version);
  hear(DiagLogLevel.ERROR, (detail) => problems.sending(said(detail)));
  const tracer = provider.getTracer('imagegraph', version);
  return {
    requests: { answered: (operation) => describe(trace.getActiveSpan(), operation) },
    calls: callsOf(tracer),
    around: (listener) => around(tracer, listener),
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS));
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

/** What else OpenTelemetry has to warn of, while spans are made and sent, is of no use to whoever runs this. */
function hear(logLevel: DiagLogLevel, onProblem: (detail: string) => void): void {
  const quiet = () => {};
  const logger = { error: onProblem, warn: onProblem, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
}

/** A collector says what it likes, and OpenTelemetry repeats all of it, in JSON with a stack. */
function said(detail: string): string {
  return hideSecrets(messageOf(detail).slice(0, MAX_SAID)).slice(0, MAX_DETAIL);
}

function messageOf(detail: string): string {
  try {
    return String((JSON.parse(detail) as { readonly message?: unknown }).message);
  } catch {
    return detail;
  }
}

/** OpenTelemetry repeats a URL that it cannot read in single quotes, with the password in it. */
function withoutCredentials(detail: string): string {
  return detail.replace(/'[^]*@/, "'…@");
}

function createProvider(version: string): NodeTracerProvider {
  const service = { 'service.name': 'imagegraph', 'service.version': version };
  const resource = defaultResource()
    .merge(resourceFromAttributes(service))
    .merge(detectResources({ detectors: [envDetector] }));
  const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
  const provider = new NodeTracerProvider({ resource, spanProcessors });
  provider.register();
  return provider;
}

function callsOf(tracer: Tracer): EngineObserver {
  return {
    callStarted({ engine, method, endpoint, attempt }) {
      // A call that outlives its request, or that the index makes for itself, belongs to no trace.
      if (trace.getActiveSpan()?.isRecording() !== true) return () => {};
      const attributes = {
        'http.request.method': method,
        'url.template': endpoint,
        'imagegraph.engine': engine,
        ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
      };
      const span = tracer.startSpan(`${method} ${endpoint}`, { kind: SpanKind.CLIENT, attributes });
      return ({ status, code }) => {
        if (status !== null) span.setAttribute('http.response.status_code', status);
        if (code !== null) fail(span, code);
        span.end();
      };
    },
  };
}

function around(tracer: Tracer, listener: http.RequestListener): http.RequestListener {
  return (request, response) => {
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = { 'http.request.method': 'POST', 'http.route': '/graphql' };
    const options = { kind: SpanKind.SERVER, attributes };
    const span = tracer.startSpan('POST /graphql', options, parent);
    response.once('close', () => {
      const { statusCode, headersSent } = response;
      if (headersSent) span.setAttribute('http.response.status_code', statusCode);
      if (statusCode >= 500) fail(span, String(statusCode));
      span.end();
    });
    context.with(trace.setSpan(parent, span), () => listener(request, response));
  };
}

function describe(span: Span | undefined, { type, name, code }: Operation): void {
  if (type !== 'unknown') span?.setAttribute('graphql.operation.type', type);
  if (name !== null) span?.setAttribute('graphql.operation.name', name);
  if (code === 'OK') return;
  span?.setAttribute('error.type', code);
  // Everything else is the client's mistake, or is told by the span of the call that failed.
  if (code === 'INTERNAL_SERVER_ERROR') span?.setStatus({ code: SpanStatusCode.ERROR });
}

type Operation = Parameters<GatewayObserver['answered']>[0];

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
