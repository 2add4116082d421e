import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import { canAskForPlatform } from '../../engine/image-verbs.ts';
import type { Attestation, HistoryStep, ImageDetail } from '../../engine/image-detail.ts';
import { createSingleFlight } from '../single-flight.ts';
import {
  type DetailQuestion,
  type DetailTarget,
  questionOf,
  unpackedSizes,
} from './detail-target.ts';

/** Inspects and histories that an engine answers at once. */
const PARALLEL_READS = 8;
/** How much is remembered of each engine, in bytes of JSON. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * What an engine says of single images beyond its list. Asked once for each image ever, as long as memory lasts: what is
 * said here never changes while its key is the same.
 */
export interface DetailStore {
  /** What is remembered; undefined when it has to be read. */
  known(target: DetailTarget): ImageDetail | undefined;
  /** Null when the image is gone, or when the engine cannot say. @throws EngineError, or the signal's reason */
  detail(target: DetailTarget, signal: AbortSignal): Promise<ImageDetail | null>;
  /** As detail, asked of the engine now. @throws EngineError, or the signal's reason */
  detailNow(target: DetailTarget, signal: AbortSignal): Promise<ImageDetail | null>;
  /** Newest first; null as for detail. @throws EngineError, or the signal's reason */
  history(target: DetailTarget, signal: AbortSignal): Promise<readonly HistoryStep[] | null>;
  /** Not remembered. Null as for detail, and where the engine has no such endpoint. @throws EngineError */
  attestations(
    target: DetailTarget,
    withStatement: string | null,
    signal: AbortSignal,
  ): Promise<readonly Attestation[] | null>;
}

/** @param onDetail told of every detail that was read, with its key */
export function createDetailStore(
  engine: Engine,
  onDetail: (key: string, detail: ImageDetail) => void = () => {},
): DetailStore {
  const limit = pLimit(PARALLEL_READS);
  const details = createMemory<ImageDetail>(engine);
  const histories = createMemory<readonly HistoryStep[]>(engine);
  const ask = async (target: DetailTarget) =>
    questionOf(target, canAskForPlatform(await engine.ready()));
  const inspect = ({ imageId, platform }: DetailQuestion, signal: AbortSignal) =>
    limit(() => {
      signal.throwIfAborted();
      return engine.inspectImage(imageId, signal, platform);
    });
  return {
    known(target) {
      // Without a platform in the question it does not matter whether the engine takes one.
      const question = questionOf(target, true);
      return question === null ? undefined : details.get(question.key);
    },
    async detail(target, signal) {
      const question = await ask(target);
      if (question === null) return null;
      return details.read(question.key, signal, async (signal) => {
        const detail = await inspect(question, signal);
        if (detail !== null) onDetail(question.key, detail);
        return detail;
      });
    },
    async detailNow(target, signal) {
      const question = await ask(target);
      return question === null ? null : inspect(question, signal);
    },
    async attestations({ row, manifest }, withStatement, signal) {
      const platform = manifest?.kind === 'IMAGE' ? manifest.platform : null;
      if (platform === null) return null;
      try {
        return await limit(() => engine.attestations(row.id, platform, withStatement, signal));
      } catch (error) {
        if (error instanceof EngineError && error.code === 'UNSUPPORTED_BY_ENGINE') return null;
        throw error;
      }
    },
    async history(target, signal) {
      const question = await ask(target);
      if (question === null) return null;
      const { imageId, platform, key } = question;
      return histories.read(`${key} ${unpackedSizes(target)}`, signal, (signal) =>
        limit(() => {
          signal.throwIfAborted();
          return engine.imageHistory(imageId, signal, platform);
        }),
      );
    },
  };
}

/** Answers by key, each read by one at a time, whoever asks. */
function createMemory<Answer extends object>(engine: Engine) {
  const answers = new LRUCache<string, Answer>({
    maxSize: MAX_BYTES,
    sizeCalculation: (answer, key) => key.length + JSON.stringify(answer).length,
  });
  type Flight = (signal: AbortSignal) => Promise<Answer | null>;
  const flights = new Map<string, Flight>();
  const outOfTime = () =>
    new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time');

  function start(key: string, ask: Flight): Flight {
    const flight = createSingleFlight(async (signal) => {
      try {
        const answer = await ask(signal);
        if (answer !== null) answers.set(key, answer);
        return answer;
      } finally {
        if (flights.get(key) === flight) flights.delete(key);
      }
    }, outOfTime);
    flights.set(key, flight);
    return flight;
  }

  return {
    get: (key: string) => answers.get(key),
    async read(key: string, signal: AbortSignal, ask: Flight): Promise<Answer | null> {
      const known = answers.get(key);
      if (known !== undefined) return known;
      return (flights.get(key) ?? start(key, ask))(signal);
    },
  };
}
