/** Lets something be done for an operation, however much it is, unless too many operations wait already. */
export type Admission = <Result>(
  operation: AbortSignal,
  work: () => Promise<Result>,
) => Promise<Result>;

/**
 * An operation may ask for thousands of details and waits for them in turn, so that it is operations that are
 * counted: one that is let in is never refused halfway.
 * @param most how many may be under way at once @param refusal makes the error for one too many
 */
export function createAdmission(most: number, refusal: () => Error): Admission {
  const admitted = new Map<AbortSignal, number>();
  return async (operation, work) => {
    const before = admitted.get(operation);
    if (before === undefined && admitted.size >= most) throw refusal();
    admitted.set(operation, (before ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (admitted.get(operation) ?? 1) - 1;
      if (left > 0) admitted.set(operation, left);
      else admitted.delete(operation);
    }
  };
}
