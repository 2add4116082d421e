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
