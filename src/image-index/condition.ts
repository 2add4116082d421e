import type { Image } from './image-view.ts';

/**
 * A condition on an image: true, false, or null when it is about something unknown. Unknown stays unknown
 * under not, so that only what is known to match is listed (Kleene's three-valued logic).
 */
export type Condition = (image: Image) => boolean | null;

/** Whether all hold. */
export function all(conditions: readonly Condition[]): Condition {
  return (image) => {
    let result: boolean | null = true;
    for (const condition of conditions) {
      const value = condition(image);
      if (value === false) return false;
      if (value === null) result = null;
    }
    return result;
  };
}

/** Whether any holds. */
export function any(conditions: readonly Condition[]): Condition {
  return not(all(conditions.map(not)));
}

/** Whether it does not hold. */
export function not(condition: Condition): Condition {
  return (image) => {
    const value = condition(image);
    return value === null ? null : !value;
  };
}
