import type { HistoryStep } from '../../engine/image-detail.ts';

/** A step of a build with the layer that it made. */
export interface JoinedStep {
  readonly step: HistoryStep;
  /** Whether it made no layer; null when that cannot be told. */
  readonly isEmpty: boolean | null;
  /** Which layer it made, counted from the base; null for none, and when that cannot be told. */
  readonly layer: number | null;
  /** Bytes of that layer, 0 without one; null when that cannot be told. */
  readonly size: number | null;
}

/** An instruction that changes the configuration only, as BuildKit, the classic builder and Buildah write it. */
const CONFIGURES =
  /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

/**
 * Which step made which layer. Engines say how large the layer of a step is, and neither which one it is nor whether
 * there is any: one of 0 bytes may be an empty layer, one that is not unpacked, or none. Where the numbers of
 * layers and steps leave it open, what stands before the first and after the last open step is still known.
 * @param steps newest first @param layers how many the image has
 * @param isUnpacked whether layers of 0 bytes are empty, and not only compressed
 * @returns newest first
 */
export function joinHistory(
  steps: readonly HistoryStep[],
  layers: number,
  isUnpacked: boolean,
): readonly JoinedStep[] {
  const oldestFirst = steps.toReversed();
  const guesses = oldestFirst.map(guess);
  const certain = guesses.filter((isEmpty) => isEmpty === false).length;
  const open = guesses.filter((isEmpty) => isEmpty === null).length;
  const settled = guesses.map((isEmpty) => {
    if (steps.length === layers) return false;
    if (isEmpty !== null) return isEmpty;
    if (certain === layers) return true;
    return certain + open === layers ? false : null;
  });
  const made = settled.filter((isEmpty) => isEmpty === false).length;
  const numbers = number(settled, layers);
  return oldestFirst
    .map((step, at) => {
      // More layers than there are: nothing that was guessed holds.
      const isEmpty = made > layers ? null : (settled[at] ?? null);
      const layer = isEmpty === null ? null : (numbers[at] ?? null);
      const isTold = step.size > 0 || isEmpty === true || (isEmpty === false && isUnpacked);
      return { step, isEmpty, layer, size: isTold ? step.size : null };
    })
    .toReversed();
}

/** Null when neither its size nor its instruction tells. */
function guess({ size, createdBy }: HistoryStep): boolean | null {
  if (size > 0) return false;
  return createdBy !== null && CONFIGURES.test(createdBy) ? true : null;
}

/** Counts from the base up to the first step that is open, and from the top down to the last. */
function number(areEmpty: readonly (boolean | null)[], layers: number): (number | null)[] {
  const numbers = areEmpty.map((): number | null => null);
  let next = 0;
  for (let at = 0; at < areEmpty.length && areEmpty[at] !== null; at++) {
    if (areEmpty[at] === false) numbers[at] = next++;
  }
  if (!areEmpty.includes(null)) return numbers;
  let last = layers - 1;
  for (let at = areEmpty.length - 1; at >= 0 && areEmpty[at] !== null; at--) {
    if (areEmpty[at] === false) numbers[at] = last--;
  }
  return numbers;
}
