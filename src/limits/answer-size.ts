import { overloaded, type PublicError } from '../errors.ts';
import { beyond, type Limits } from './limits.ts';

/** Counts the characters of one answer while it is made. */
export interface AnswerSize {
  /**
   * Values and names that the answer will have, before anything is written: less than its text, which escapes what JSON
   * has to. @throws PublicError
   */
  expect(characters: number): void;
  /** Text that is written. @throws PublicError */
  wrote(characters: number): void;
  /** The whole text: characters may have several bytes. @throws PublicError */
  whole(text: string): void;
  /** What ended it, null while nothing has. */
  excess(): PublicError | null;
  /** Takes part in what all answers that are being made may hold; until it ends. */
  begin(): void;
  end(): void;
  /** Counts from nothing again. */
  clear(): void;
}

/** Makes what counts an answer. @param onExcess is told once what ends it */
export type CreateAnswerSize = (onExcess: (error: PublicError) => void) => AnswerSize;

const MEGABYTE = 1_000_000;
/** How many of the largest answers may be in the making at a time, all others together. */
const LARGEST_AT_ONCE = 2;
/** What no answer shares: small ones are never refused for the sake of large ones. */
const SMALL = MEGABYTE;
/** In UTF-8, of a unit of UTF-16. */
const MOST_BYTES_A_CHARACTER = 3;

/** Counts answers that share the memory of one gateway. */
export function createAnswerSizes(limits: Limits): CreateAnswerSize {
  const most = limits.answer * MEGABYTE;
  let together = 0;
  return (onExcess) => {
    let expected = 0;
    let written = 0;
    let excess: PublicError | null = null;
    let isCounted = false;
    /** Of what all hold together. */
    let share = 0;
    const holdShare = (next: number): void => {
      together += next - share;
      share = next;
    };
    const fail = (error: PublicError): never => {
      // One error for all fields that are too much: a stack for each would take longer than they do.
      excess ??= error;
      onExcess(excess);
      throw excess;
    };
    return {
      expect(characters) {
        expected += characters;
        if (expected > most) fail(beyond('answer', limits));
        if (!isCounted || expected <= SMALL) return;
        holdShare(expected - SMALL);
        if (together > LARGEST_AT_ONCE * most) fail(overloaded());
      },
      wrote(characters) {
        written += characters;
        if (written > most) fail(beyond('answer', limits));
      },
      whole(text) {
        const mayBeMore = text.length * MOST_BYTES_A_CHARACTER > most;
        if (mayBeMore && Buffer.byteLength(text) > most) fail(beyond('answer', limits));
      },
      excess: () => excess,
      begin: () => void (isCounted = true),
      end() {
        isCounted = false;
        holdShare(0);
      },
      clear() {
        expected = 0;
        written = 0;
        excess = null;
        holdShare(0);
      },
    };
  };
}
