import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { EngineError } from '../engine/engine-error.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const TOO_LATE = 'an error came too late for its answer';

/**
 * Ends the process when it is told to: with 0 once what it was doing is done, with 1 where that fails. A second signal
 * ends it at once with 1; as the first process of a container it would otherwise not even be heard.
 * @param stop resolves within a bound of its own
 */
export function endOnSignals(stop: () => Promise<void>): void {
  let told = false;
  const end = (): void => {
    if (told) process.exit(1);
    told = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of SIGNALS) process.on(signal, end);
}

/**
 * Ends the process with 1 on an error that nobody handles, with one line in the log: nothing that it holds can be
 * relied on any more, and whoever supervises it starts another. What fails for an answer that is already given is no such
 * error: it says nothing of anything else, and one client must not be able to end the answers of all others by it.
 */
export function endOnBugs(log: Logger): void {
  const end = (err: unknown): never => {
    log.fatal({ err }, 'unexpected error; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', (error) => {
    if (error instanceof EngineError) {
      log.error({ code: error.code, engine: error.engine }, TOO_LATE);
    } else if (error instanceof GraphQLError) {
      // Its message may quote the document.
      log.error({ code: error.extensions['code'] }, TOO_LATE);
    } else end(error);
  });
}
