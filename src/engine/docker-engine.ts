import { createAsking } from './asking.ts';
import { createAttestationVerb } from './attestation-verb.ts';
import { createContainerVerb } from './container-verb.ts';
import { createDistributionVerb } from './distribution-verb.ts';
import { createDockerFor, type DockerFor } from './docker-calls.ts';
import type { EngineError } from './engine-error.ts';
import type { Engine, EngineStatus } from './engine.ts';
import type { ApiVersion } from './engine-facts.ts';
import { createEventVerbs } from './event-verbs.ts';
import { createGreeting, ping, PING_MS } from './greeting.ts';
import { createHistoryVerb } from './history-verb.ts';
import { createInspectVerbs } from './inspect-verbs.ts';
import { asCount } from './json-values.ts';
import { createListVerbs } from './list-verbs.ts';
import { createLongRead } from './long-read.ts';
import { REDACTION, type Redaction } from './redaction.ts';
import { readObject } from './read-body.ts';
import { createSizeVerbs } from './size-verbs.ts';
import type { Transport } from './transport.ts';

/** Until the head of the answer, in milliseconds. */
const COUNT_MS = 3_000;

/** One engine: its name and the way to it. */
export interface DockerEngineOptions {
  readonly name: string;
  readonly transport: Transport;
  /** Told when the engine is found or lost; the error's detail is for the log. */
  readonly onStatus?: (status: EngineStatus, error: EngineError | null) => void;
  /** What is withheld of its answers; REDACTION when left out. */
  readonly redaction?: Redaction;
}

/** An engine that speaks the Docker Engine API, 1.24 to 1.56, through dockerode over our own transport. */
export function createDockerEngine(options: DockerEngineOptions): Engine {
  const { name, transport, onStatus = () => {}, redaction = REDACTION } = options;
  const docker = createDockerFor(name, transport);
  const pinged = async (signal: AbortSignal, headTimeoutMs: number) =>
    void (await ping(docker, signal, headTimeoutMs));
  const long = createLongRead(name, pinged);
  const probe = () => pinged(AbortSignal.timeout(PING_MS), PING_MS);
  const greeting = createGreeting(name, docker, transport);
  const asking = createAsking({ name, greeting, probe, onStatus });
  const { connection, ask, askForList } = asking;
  return {
    name,
    status: connection.status,
    circuit: asking.circuit,
    ready: connection.ready,
    facts: () => connection.ready().catch(() => null),
    greetAgain: () => connection.greetAgain().catch(() => null),
    countImages: (signal) => ask(signal, ({ api }) => countImages(docker, api, signal)),
    ...createListVerbs(docker, askForList, long, redaction),
    ...createSizeVerbs(docker, askForList, long),
    ...createInspectVerbs(name, docker, ask, redaction),
    ...createHistoryVerb(docker, ask, redaction),
    ...createContainerVerb(docker, ask),
    ...createAttestationVerb(name, docker, ask, redaction),
    ...createDistributionVerb(name, docker, ask),
    ...createEventVerbs(name, docker, connection.ready),
    close() {
      asking.close();
      transport.close();
    },
  };
}

async function countImages(
  docker: DockerFor,
  api: ApiVersion,
  signal: AbortSignal,
): Promise<number | null> {
  const call = { api, headTimeoutMs: COUNT_MS, signal, read: readObject };
  const info = (await docker(call).info()) as unknown;
  return asCount((info as Record<string, unknown>)['Images']);
}
