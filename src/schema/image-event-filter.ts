import { PublicError } from '../errors.ts';
import type { ImageEventFilter as Filter } from '../loaders/image-events.ts';
import { builder } from './builder.ts';
import { ImageEventAction } from './image-event.ts';
import { toReferencePatterns } from './image-filter.ts';

/** More actions than there are only repeat some. */
const MAX_ACTIONS = 100;

/** GraphQL input ImageEventFilter. */
export const ImageEventFilter = builder.inputType('ImageEventFilter', {
  description:
    'All given conditions must hold; an empty list matches nothing. RESYNCED is past every filter.',
  fields: (t) => ({
    actions: t.field({ type: [ImageEventAction], description: 'One of these happened.' }),
    reference: t.stringList({
      description:
        "Docker's reference patterns; any may match the event's reference or, when it names none, a name of its image as it is now, as in ImageFilter.references.",
    }),
  }),
});

/** @throws PublicError BAD_USER_INPUT */
export function toImageEventFilter(
  input: typeof ImageEventFilter.$inferInput | null | undefined,
): Filter {
  const { actions, reference } = input ?? {};
  if (actions != null && actions.length > MAX_ACTIONS) {
    throw new PublicError('BAD_USER_INPUT', 'The filter has a text or list that is too long.');
  }
  return {
    actions: actions == null ? null : new Set(actions),
    references: reference == null ? null : toReferencePatterns(reference),
  };
}
