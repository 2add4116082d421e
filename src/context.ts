import type { GraphQLResolveInfo } from 'graphql';
import { createDeadlines, createWorkEnds } from './deadlines.ts';
import type { Engine } from './engine/engine.ts';
import { overloaded } from './errors.ts';
import type { ImageEventLog } from './image-index/image-event-log.ts';
import type { ImageIndex } from './image-index/image-index.ts';
import type { AnswerSize, CreateAnswerSize } from './limits/answer-size.ts';
import { type Budget, createBudget } from './limits/budget.ts';
import type { Limits } from './limits/limits.ts';
import { firstThatHas, settleEngines } from './loaders/engines.ts';
import { createLoaders, type Loaders } from './loaders/loaders.ts';
import type { Registries } from './registry/registries.ts';
import { createReports, type Reports } from './reports.ts';

/** How long one operation, or one event of a subscription, may take: less than the 30 s that routers wait. */
const OPERATION_MS = 20_000;

/** What resolvers have to work with, made anew for each operation. */
export interface Context extends Budget, Omit<Reports, 'clear'> {
  /** By configured engine name, in the order of configuration. */
  readonly indexes: ReadonlyMap<string, ImageIndex>;
  /** What happened to images, on all engines. */
  readonly events: ImageEventLog;
  readonly loaders: Loaders;
  /** How much may be asked for. */
  readonly limits: Limits;
  /** Who asks, as far as the server can tell clients apart; null where it cannot. */
  readonly client: string | null;
  /** Aborted when the client has left; an operation's time is counted by the loaders. */
  readonly signal: AbortSignal;
  /**
   * Begins the next event of a subscription, as if it were an operation of its own: with new reads, a new
   * deadline, no row counted and no error reported. Events of one subscription follow one another.
   */
  renew(): void;
  /** The engine of a configured name that an image or container of this operation bears. */
  engineOf(name: string): Engine;
  /**
   * The answer of the first engine that has one; null when none has. Engines that failed before it was
   * found go unmentioned: the answer is good without them.
   */
  find<Answer>(
    engines: readonly string[],
    info: GraphQLResolveInfo,
    ask: (engine: string) => Promise<Answer | null>,
  ): Promise<Answer | null>;
  /**
   * What every engine has, engine by engine; those that could not be asked are reported. Each that is asked counts as
   * a row, also when it has nothing: a document can look up thousands of things that are nowhere.
   */
  gather<Found>(
    info: GraphQLResolveInfo,
    ask: (engine: string) => Promise<readonly Found[]>,
  ): Promise<readonly Found[]>;
  /** Counts the characters of the answer. It is also ended by what the budget is. */
  readonly size: AnswerSize & Pick<Budget, 'failed'>;
  /**
   * What a field gives, counted: a list by its length, a thing as one. Every list counts, and every thing
   * that leads back to the type that it was reached from: nesting multiplies lists, and fragments that
   * select the next one under two aliases multiply things. @throws PublicError QUERY_TOO_COMPLEX
   */
  counted<Value>(value: Value): Value;
  /**
   * Forgets what was counted and reported, because the operation is executed once more. What was read stays,
   * so that both see the same.
   */
  startOver(): void;
  /** Says that the answer holds something that ages although no index changes, such as Up 3 hours. */
  doNotCache(): void;
  /** Whether the answer stays true for as long as no index changes. */
  mayCache(): boolean;
}

/** What all operations share. */
export interface Sources {
  readonly indexes: ReadonlyMap<string, ImageIndex>;
  readonly events: ImageEventLog;
  readonly registries: Registries;
  readonly limits: Limits;
  readonly createSize: CreateAnswerSize;
}

/**
 * @param signal is aborted when the client has left
 * @param client see Context
 */
export function createContext(
  sources: Sources,
  signal: AbortSignal,
  client: string | null = null,
): Context {
  const { indexes, events, registries, limits, createSize } = sources;
  const deadlines = createDeadlines(signal, OPERATION_MS);
  const reports = createReports();
  const budget = createBudget(limits);
  const workEnds = createWorkEnds(budget.excess, overloaded);
  const begin = (): Loaders => {
    const reads = deadlines();
    return createLoaders(indexes, registries, reads, workEnds(reads));
  };
  const loaders = begin();
  let ages = false;
  const characters = createSize(budget.giveUp);
  const size = {
    ...characters,
    failed: budget.failed,
    excess: () => characters.excess() ?? budget.tooComplex(),
  };
  const context: Context = {
    ...budget,
    reported: reports.reported,
    reportFailures: reports.reportFailures,
    indexes,
    events,
    loaders,
    limits,
    client,
    signal,
    renew() {
      // In place: Yoga copies the properties of a context into its own.
      Object.assign(loaders, begin());
      context.startOver();
    },
    engineOf: (name) => (indexes.get(name) as ImageIndex).engine,
    size,
    async gather(info, ask) {
      const engines = [...indexes.keys()];
      context.spend(engines.length);
      const { found, failures } = await settleEngines(engines, ask);
      context.reportFailures(failures, engines.length, info);
      return context.counted(found.flat());
    },
    async find(engines, info, ask) {
      const { found, failures } = await firstThatHas(engines, ask);
      if (found === null) context.reportFailures(failures, engines.length, info);
      return found;
    },
    counted(value) {
      if (value !== null) context.spend(Array.isArray(value) ? value.length : 1);
      return value;
    },
    startOver() {
      budget.startOver();
      reports.clear();
      size.clear();
    },
    doNotCache: () => void (ages = true),
    mayCache: () =>
      !ages && context.loaders.isCertain() && context.loaders.staleEngines().length === 0,
  };
  return context;
}
