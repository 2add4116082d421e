/** Does something again and again, with a pause after each time, for as long as something else runs. */
export async function meanwhile<Result>(
  running: Promise<Result>,
  pauseMs: number,
  step: (number: number) => Promise<void>,
): Promise<Result> {
  const state = { isOver: false };
  const ended = running.finally(() => (state.isOver = true));
  // A failure is awaited below, and must not count as unhandled until then.
  ended.catch(() => undefined);
  for (let number = 0; !state.isOver; number++) {
    await step(number);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  }
  return ended;
}
