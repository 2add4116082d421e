/** A value, or a promise of it. */
export type Eventual<Value> = Value | Promise<Value>;

/**
 * Continues with a value, at once where it is there already: a thousand fields that need what was read
 * before need no thousand promises.
 */
export function after<Value, Result>(
  value: Eventual<Value>,
  next: (value: Value) => Eventual<Result>,
): Eventual<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * What is thrown at once becomes a failure as any other. Else whoever waits for several such values forgets those that it
 * has, and one of them that fails later is an error that nobody handles, which ends the process.
 */
export function toEventual<Value>(work: () => Eventual<Value>): Eventual<Value> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}
