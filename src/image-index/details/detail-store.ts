import { LRUCache } from 'lru-cache';
import { createBulkhead } from '../../engine/bulkhead.ts';
import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import { canAskForPlatform } from '../../engine/inspect-versions.ts';
import type { Attestation, HistoryStep, ImageDetail } from '../../engine/image-detail.ts';
import { factsInTime } from '../facts-in-time.ts';
import { createSingleFlights } from '../../single-flight.ts';
import { type Admission, createAdmission } from './admission.ts';
import {
  type DetailQuestion,
  type DetailTarget,
  questionOf,
  unpackedSizes,
} from './detail-target.ts';

/** Inspects and histories that an engine answers at once. */
const PARALLEL_READS = 8;
/** Operations that may wait for them at once: as many as there are places, and 64 more. */
const MAX_OPERATIONS = PARALLEL_READS + 64;
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
  const reads = createBulkhead(PARALLEL_READS);
  const admit = createAdmission(
    MAX_OPERATIONS,
    () => new EngineError('ENGINE_OVERLOADED', engine.name, 'too many operations wait for details'),
  );
  const details = createMemory<ImageDetail>(engine, admit);
  const histories = createMemory<readonly HistoryStep[]>(engine, admit);
  const ask = async (target: DetailTarget, signal: AbortSignal) =>
    questionOf(target, canAskForPlatform(await factsInTime(engine, signal)));
  const inspect = ({ imageId, platform }: DetailQuestion, signal: AbortSignal) =>
    reads.run(() => engine.inspectImage(imageId, signal, platform), signal);
  return {
    known(target) {
      // Without a platform in the question it does not matter whether the engine takes one.
      const question = questionOf(target, true);
      return question === null ? undefined : details.get(question.key);
    },
    async detail(target, signal) {
      const question = await ask(target, signal);
      if (question === null) return null;
      return details.read(question.key, signal, async (signal) => {
        const detail = await inspect(question, signal);
        if (detail !== null) onDetail(question.key, detail);
        return detail;
      });
    },
    async detailNow(target, signal) {
      const question = await ask(target, signal);
      if (question === null) return null;
      return admit(signal, () => inspect(question, signal));
    },
    async attestations({ row, manifest }, withStatement, signal) {
      const platform = manifest?.kind === 'IMAGE' ? manifest.platform : null;
      if (platform === null) return null;
      try {
        const ask = () => engine.attestations(row.id, platform, withStatement, signal);
        return await admit(signal, () => reads.run(ask, signal));
      } catch (error) {
        if (error instanceof EngineError && error.code === 'UNSUPPORTED_BY_ENGINE') return null;
        throw error;
      }
    },
    async history(target, signal) {
      const question = await ask(target, signal);
      if (question === null) return null;
      const { imageId, platform, key } = question;
      return histories.read(`${key} ${unpackedSizes(target)}`, signal, (signal) =>
        reads.run(() => engine.imageHistory(imageId, signal, platform), signal),
      );
    },
  };
}

/** Answers by key, each read by one at a time, whoever asks. */
function createMemory<Answer extends object>(engine: Engine, admit: Admission) {
  const answers = new LRUCache<string, Answer>({
    maxSize: MAX_BYTES,
    sizeCalculation: (answer, key) => key.length + JSON.stringify(answer).length,
  });
  const share = createSingleFlights<Answer | null>(
    () => new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time'),
  );
  return {
    get: (key: string) => answers.get(key),
    async read(
      key: string,
      signal: AbortSignal,
      ask: (signal: AbortSignal) => Promise<Answer | null>,
    ): Promise<Answer | null> {
      const read = async (signal: AbortSignal) => {
        const answer = await ask(signal);
        if (answer !== null) answers.set(key, answer);
        return answer;
      };
      return answers.get(key) ?? admit(signal, () => share(key, signal, read));
    },
  };
}
