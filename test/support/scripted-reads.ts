import { EngineError, type EngineErrorCode } from '../../src/engine/engine-error.ts';

/** What an engine is asked; readContainers is the list of some of them. */
export type Verb =
  | 'listImages'
  | 'listContainers'
  | 'readContainers'
  | 'readImage'
  | 'sharedSizes'
  | 'countImages'
  | 'greetAgain'
  | 'watchEvents';

/** A read that was sent and has no answer yet. */
export interface HeldRead {
  readonly verb: Verb;
  /** What was asked for: a reference, or IDs. */
  readonly key: string;
  /** The engine finds its answer now: what changes before the release does not show in it. */
  look(): void;
  /** Answers, with what there is now if the engine has not looked before. */
  release(): void;
  fail(code?: EngineErrorCode): void;
}

/** The reads of a scripted engine: counted, held, released in any order, failed. */
export interface ScriptedReads {
  /** How often a verb was asked so far. */
  count(verb: Verb): number;
  /** Keys of a verb's reads, in the order in which they were sent. */
  asked(verb: Verb): readonly string[];
  /** Reads that are held, in the order in which they were sent. */
  readonly held: readonly HeldRead[];
  /** The one held read of a verb, and of a key. */
  heldOne(verb: Verb, key?: string): HeldRead;
  /** From now on reads of these verbs wait for their release. */
  hold(...verbs: Verb[]): void;
  /** Nothing is held any longer. */
  letGo(): void;
  /** So many of the next reads of a verb fail. */
  failNext(verb: Verb, times: number, code?: EngineErrorCode): void;
  read<Answer>(verb: Verb, key: string, signal: AbortSignal, answer: () => Answer): Promise<Answer>;
}

export function createScriptedReads(engine: string): ScriptedReads {
  const sent: { readonly verb: Verb; readonly key: string }[] = [];
  const failures = new Map<Verb, { times: number; code: EngineErrorCode }>();
  const holding = new Set<Verb>();
  const held: HeldRead[] = [];

  function takeFailure(verb: Verb): EngineErrorCode | null {
    const failure = failures.get(verb);
    if (failure === undefined || failure.times === 0) return null;
    failure.times--;
    return failure.code;
  }

  function holdBack<Answer>(
    { verb, key }: Pick<HeldRead, 'verb' | 'key'>,
    signal: AbortSignal,
    answer: () => Answer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let found: { readonly answer: Answer } | null = null;
      const look = () => (found ??= { answer: answer() });
      const leave = (): void => {
        held.splice(held.indexOf(read), 1);
        signal.removeEventListener('abort', aborted);
      };
      const read: HeldRead = {
        verb,
        key,
        look,
        release() {
          leave();
          resolve(look().answer);
        },
        fail(code = 'ENGINE_ERROR') {
          leave();
          reject(new EngineError(code, engine, 'scripted'));
        },
      };
      const aborted = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      held.push(read);
      signal.addEventListener('abort', aborted);
    });
  }

  return {
    count: (verb) => sent.filter((read) => read.verb === verb).length,
    asked: (verb) => sent.filter((read) => read.verb === verb).map(({ key }) => key),
    held,
    heldOne(verb, key) {
      const [read, ...others] = held.filter(
        (one) => one.verb === verb && (key === undefined || one.key === key),
      );
      if (read === undefined || others.length > 0) {
        throw new Error(`${others.length > 0 ? 'several' : 'no'} ${verb} ${key ?? ''}`);
      }
      return read;
    },
    hold: (...verbs) => verbs.forEach((verb) => holding.add(verb)),
    letGo() {
      holding.clear();
      while (held.length > 0) held[0]?.release();
    },
    failNext: (verb, times, code = 'ENGINE_ERROR') => void failures.set(verb, { times, code }),
    async read(verb, key, signal, answer) {
      sent.push({ verb, key });
      if (signal.aborted) throw signal.reason;
      const failure = takeFailure(verb);
      if (failure !== null) throw new EngineError(failure, engine, 'scripted');
      return holding.has(verb) ? holdBack({ verb, key }, signal, answer) : answer();
    },
  };
}
