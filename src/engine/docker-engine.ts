import { createAttestationVerb } from './attestation-verb.ts';
import { createCircuit } from './circuit.ts';
import { createConnection } from './connection.ts';
import { createDistributionVerb } from './distribution-verb.ts';
import { type Ask, createDockerFor, type DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { ApiVersion, Engine, EngineStatus } from './engine.ts';
import { createEventVerbs } from './event-verbs.ts';
import { createGreeting, ping, PING_MS } from './greeting.ts';
import { createImageVerbs } from './image-verbs.ts';
import { asCount } from './json-values.ts';
import { createListVerbs } from './list-verbs.ts';
import { REDACTION, type Redaction } from './redaction.ts';
import { readObject } from './read-body.ts';
import type { Transport } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

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
  const { name, transport, onStatus, redaction = REDACTION } = options;
  const docker = createDockerFor(name, transport);
  const greeting = createGreeting(name, docker, transport);
  const connection = createConnection(name, greeting, (status, error) => {
    if (status === 'READY') circuit.close();
    onStatus?.(status, error);
  });
  const circuit = createCircuit(name, () => pinged(AbortSignal.timeout(PING_MS), PING_MS));

  const agreed = (signal: AbortSignal) => unlessAborted(connection.ready(), signal);

  async function told<Result>(call: Promise<Result>): Promise<Result> {
    try {
      return await call;
    } catch (error) {
      // A registry that keeps an engine waiting says nothing about the engine: its code is another one.
      if (error instanceof EngineError) connection.failed(error);
      throw error;
    }
  }

  const ask: Ask = async (signal, run) => {
    const facts = await agreed(signal);
    return circuit.run(() => told(run(facts)));
  };
  /** Lists live as long as the engine answers pings: that other calls fail does not stop them. */
  const askForList: Ask = async (signal, run) => {
    const facts = await agreed(signal);
    return told(run(facts));
  };

  const pinged = async (signal: AbortSignal, headTimeoutMs: number) => {
    await ping(docker, signal, headTimeoutMs);
  };
  return {
    name,
    status: connection.status,
    circuit() {
      if (connection.status() !== 'UNAVAILABLE') return circuit.state();
      return connection.isTrying() ? 'HALF_OPEN' : 'OPEN';
    },
    ready: connection.ready,
    facts: () => connection.ready().catch(() => null),
    greetAgain: () => connection.greetAgain().catch(() => null),
    countImages: (signal) => ask(signal, ({ api }) => countImages(docker, api, signal)),
    ...createListVerbs(name, docker, askForList, pinged, redaction),
    ...createImageVerbs(name, docker, ask, redaction),
    ...createAttestationVerb(name, docker, ask, redaction),
    ...createDistributionVerb(name, docker, ask),
    ...createEventVerbs(name, docker, connection.ready),
    close() {
      connection.close();
      circuit.stop();
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
