import { type EngineError, toEngineError } from './engine-error.ts';
import type { EngineStatus } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Greeting } from './greeting.ts';

/** How often an engine that does not answer is tried again, and how soon after a try at least, in milliseconds. */
const RETRY_MS = 500;
const LEAST_PAUSE_MS = 250;
/** How often one that answers is asked whether it still is what it was, in milliseconds. */
const PING_MS = 5_000;

/** Whether an engine can be asked, and what it said of itself when it was greeted. */
export interface Connection {
  status(): EngineStatus;
  /** Whether the engine is being greeted. */
  isTrying(): boolean;
  /** The facts of the present connection. @throws EngineError at once while the engine is tried in vain */
  ready(): Promise<EngineFacts>;
  /** Makes the agreement anew, whatever the present one is: another engine may answer now. */
  greetAgain(): Promise<EngineFacts>;
  /** Tells that a call failed, so that a dead engine is noticed before the next ping. */
  failed(error: unknown): void;
  close(): void;
}

/**
 * Keeps an agreement with one engine: makes it, notices its loss, makes it again by itself, also where an
 * engine was restarted or upgraded in place between two calls. A refused API version
 * (ENGINE_INCOMPATIBLE) ends it as a loss does.
 * @param onReturn told of each agreement with an engine that was away, or was restarted, whether or not anyone could see it
 */
export function createConnection(
  engine: string,
  { greet, isSame }: Greeting,
  onChange: (status: EngineStatus, error: EngineError | null) => void,
  onReturn: () => void,
): Connection {
  let facts: EngineFacts | null = null;
  let lastError: EngineError | null = null;
  let attempt: Promise<EngineFacts> | null = null;
  let triedAt = 0;
  /** What was told last: a release, or the code of a failure. */
  let told = '';
  let wasAway = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function connect(): Promise<EngineFacts> {
    if (attempt === null) triedAt = performance.now();
    attempt ??= greet()
      .then(connected, (error: unknown) => lost(toEngineError(error, engine, false)))
      .finally(() => {
        attempt = null;
        schedule();
      });
    return attempt;
  }

  function connected(found: EngineFacts): EngineFacts {
    facts = found;
    lastError = null;
    if (wasAway) onReturn();
    wasAway = false;
    tell(`version ${found.version}`, 'READY', null);
    return found;
  }

  function lost(error: EngineError): never {
    facts = null;
    lastError = error;
    wasAway = true;
    tell(error.code, 'UNAVAILABLE', error);
    throw error;
  }

  function tell(news: string, status: EngineStatus, error: EngineError | null): void {
    if (news === told) return;
    told = news;
    onChange(status, error);
  }

  function schedule(): void {
    clearTimeout(timer);
    if (closed) return;
    const rest = triedAt + RETRY_MS - performance.now();
    timer = setTimeout(check, facts === null ? Math.max(rest, LEAST_PAUSE_MS) : PING_MS);
    timer.unref();
  }

  function check(): void {
    const sign = facts === null ? connect() : look().catch(missed).finally(schedule);
    sign.catch(() => {});
  }

  /** What is known stays in use while it is learned anew. */
  async function look(): Promise<void> {
    if (await isSame()) return;
    wasAway = true;
    await connect();
  }

  function missed(error: unknown): void {
    wasAway = true;
    failed(error);
  }

  function failed(error: unknown): void {
    const { code } = toEngineError(error, engine, false);
    if (facts === null || !LOSSES.has(code)) return;
    facts = null;
    connect().catch(() => {});
  }

  connect().catch(() => {});
  return {
    status: () => (facts !== null ? 'READY' : lastError === null ? 'CONNECTING' : 'UNAVAILABLE'),
    async ready() {
      if (facts !== null) return facts;
      if (lastError !== null) throw lastError;
      return connect();
    },
    isTrying: () => attempt !== null,
    greetAgain: connect,
    failed,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

const LOSSES: ReadonlySet<string> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_INCOMPATIBLE',
  'ENGINE_TIMEOUT',
]);
