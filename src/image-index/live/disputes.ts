/** How often two images may be asked about one thing before something else is heard. */
const MAX_QUESTIONS = 8;

/** Things of which two reads of an engine say something else: who has a name, how a manifest is. */
export interface Disputes {
  /**
   * Whether the image that was read earlier is to be asked again. An engine that gives one name to two
   * images, or tells of one manifest in two ways, is not asked for ever.
   */
  mayAsk(key: string): boolean;
}

/** @param heard how many events were heard so far: each may settle what could not be settled before */
export function createDisputes(heard: () => number): Disputes {
  const asked = new Map<string, number>();
  let askedAt = 0;
  return {
    mayAsk(key) {
      if (askedAt !== heard()) asked.clear();
      askedAt = heard();
      const times = (asked.get(key) ?? 0) + 1;
      asked.set(key, times);
      return times <= MAX_QUESTIONS;
    },
  };
}
