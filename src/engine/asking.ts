import { createCircuit } from './circuit.ts';
import { type Connection, createConnection } from './connection.ts';
import { EngineError } from './engine-error.ts';
import type { CircuitState, EngineStatus } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Greeting } from './greeting.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * Runs a call with what was agreed with the engine, once there is an agreement; a failure that means a lost engine is
 * passed on. @throws EngineError at once where the engine is known to be lost; the signal's reason
 */
export type Ask = <Result>(
  signal: AbortSignal,
  run: (facts: EngineFacts) => Promise<Result>,
) => Promise<Result>;

/** Whether one engine may be asked, and what its answers say of that. */
export interface Asking {
  readonly connection: Connection;
  readonly ask: Ask;
  /** Lists live as long as the engine answers pings: that other calls fail does not stop them. */
  readonly askForList: Ask;
  /** Of a lost engine: open, and half open while it is greeted. */
  circuit(): CircuitState;
  close(): void;
}

/** What asking an engine goes by. */
export interface AskingOptions {
  readonly name: string;
  readonly greeting: Greeting;
  /** Asks for a sign of life. */
  readonly probe: () => Promise<void>;
  /** Told when the engine is found or lost. */
  readonly onStatus: (status: EngineStatus, error: EngineError | null) => void;
}

/** Greets the engine at once. */
export function createAsking({ name, greeting, probe, onStatus }: AskingOptions): Asking {
  const circuit = createCircuit(name, probe);
  const connection = createConnection(name, greeting, onStatus, circuit.close);

  async function told<Result>(call: Promise<Result>): Promise<Result> {
    try {
      return await call;
    } catch (error) {
      // A registry that keeps an engine waiting says nothing about the engine: its code is another one.
      if (error instanceof EngineError) connection.failed(error);
      throw error;
    }
  }

  const askForList: Ask = async (signal, run) => {
    const facts = await unlessAborted(connection.ready(), signal);
    return told(run(facts));
  };
  return {
    connection,
    async ask(signal, run) {
      const facts = await unlessAborted(connection.ready(), signal);
      return circuit.run(() => told(run(facts)));
    },
    askForList,
    circuit() {
      if (connection.status() !== 'UNAVAILABLE') return circuit.state();
      return connection.isTrying() ? 'HALF_OPEN' : 'OPEN';
    },
    close() {
      connection.close();
      circuit.close();
    },
  };
}
