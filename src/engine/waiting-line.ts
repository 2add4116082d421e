/** First come, first called. All of it takes the same time however many wait. */
export interface WaitingLine<Waiter> {
  length(): number;
  /** Puts one at the end. @returns takes it out again, wherever it is by then; once, and not after it was called */
  join(waiter: Waiter): () => void;
  /** Takes the first one out; undefined when nobody waits. */
  call(): Waiter | undefined;
}

/** A ring of links around one that stands for both ends. */
interface Link<Waiter> {
  readonly waiter?: Waiter;
  before: Link<Waiter>;
  after: Link<Waiter>;
}

/** Not an array or a Set: shifting a long array, and looking for the first of a Set whose first ones were deleted, take longer the more there were. */
export function createWaitingLine<Waiter>(): WaitingLine<Waiter> {
  const ends = {} as Link<Waiter>;
  ends.before = ends.after = ends;
  let length = 0;

  function takeOut(link: Link<Waiter>): void {
    link.before.after = link.after;
    link.after.before = link.before;
    length--;
  }

  return {
    length: () => length,
    join(waiter) {
      const link = { waiter, before: ends.before, after: ends };
      link.before.after = link.after.before = link;
      length++;
      return () => takeOut(link);
    },
    call() {
      const first = ends.after;
      if (first !== ends) takeOut(first);
      return first.waiter;
    },
  };
}
