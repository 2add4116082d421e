import { createAttestationVerb } from './attestation-verb.ts';
import { createConnection } from './connection.ts';
import { createDistributionVerb } from './distribution-verb.ts';
import { createDockerFor, type DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { ApiVersion, Engine, EngineFacts, EngineStatus } from './engine.ts';
import { createEventVerbs } from './event-verbs.ts';
import { createGreeting, ping } from './greeting.ts';
import { createImageVerbs } from './image-verbs.ts';
import { asCount } from './json-values.ts';
import { createListVerbs } from './list-verbs.ts';
import { REDACTION, type Redaction } from './redaction.ts';
import { readObject } from './read-body.ts';
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
  const { name, transport, onStatus, redaction = REDACTION } = options;
  const docker = createDockerFor(name, transport);
  const greeting = createGreeting(name, docker, transport);
  const connection = createConnection(name, greeting, onStatus ?? (() => {}));

  /** Runs a call with the agreed version; a failure that means a lost engine is passed on. */
  async function ask<Result>(run: (facts: EngineFacts) => Promise<Result>): Promise<Result> {
    const facts = await connection.ready();
    try {
      return await run(facts);
    } catch (error) {
      // A registry that keeps an engine waiting says nothing about the engine: its code is another one.
      if (error instanceof EngineError) connection.failed(error);
      throw error;
    }
  }

  const pinged = async (signal: AbortSignal, headTimeoutMs: number) => {
    await ping(docker, signal, headTimeoutMs);
  };
  return {
    name,
    status: connection.status,
    ready: connection.ready,
    facts: () => connection.ready().catch(() => null),
    greetAgain: () => connection.greetAgain().catch(() => null),
    countImages: (signal) => ask(({ api }) => countImages(docker, api, signal)),
    ...createListVerbs(name, docker, ask, pinged, redaction),
    ...createImageVerbs(name, docker, ask, redaction),
    ...createAttestationVerb(name, docker, ask, redaction),
    ...createDistributionVerb(name, docker, ask),
    ...createEventVerbs(name, docker, connection.ready),
    close() {
      connection.close();
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
