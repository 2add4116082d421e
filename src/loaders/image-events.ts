import { EngineError } from '../engine/engine-error.ts';
import { parseReference } from '../engine/reference.ts';
import type { LoggedEvent } from '../image-index/image-event-log.ts';
import type { ReferencePattern } from '../image-index/image-filter.ts';
import { namesOf } from '../image-index/image-names.ts';
import type { Image } from '../image-index/image-view.ts';
import { isTurnOver, turn } from '../turns.ts';
import type { Loaders } from './loaders.ts';

/** Which events; null does not restrict, an empty list matches nothing. RESYNCED is past every filter. */
export interface ImageEventFilter {
  readonly actions: ReadonlySet<LoggedEvent['action']> | null;
  readonly references: readonly ReferencePattern[] | null;
}

/** Whether an event is of an action that was asked for: as much as can be told without a read. */
export function isOfAction({ actions }: ImageEventFilter, { action }: LoggedEvent): boolean {
  return action === 'RESYNCED' || actions === null || actions.has(action);
}

/** Which of the events that are remembered. */
export interface RecentEventsQuestion {
  /** Configured engine names. */
  readonly engines: readonly string[];
  readonly filter: ImageEventFilter;
  /** Seconds since 1970. */
  readonly since: number | null;
}

/** Events that match, newest first; in turns, because 4,096 of them and 100 patterns are seconds of work. */
export async function selectRecentEvents(
  loaders: Loaders,
  events: readonly LoggedEvent[],
  { engines, filter, since }: RecentEventsQuestion,
): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  for (const event of events.toReversed()) {
    if (isTurnOver()) await turn(loaders.signal);
    loaders.signal.throwIfAborted();
    // In milliseconds, which an event shows its time in.
    const isEarly = since !== null && Number(event.time / 1_000_000n) < Math.round(since * 1_000);
    if (isEarly || !engines.includes(event.engine)) continue;
    if (await matchesEvent(loaders, filter, event)) found.push(event);
  }
  return found;
}

/**
 * Whether an event matches: its reference, or, when it names none, any name of its image as it is now. When
 * its engine cannot be asked for these, it is let through: to miss an event is worse than one too many.
 */
export async function matchesEvent(
  loaders: Loaders,
  filter: ImageEventFilter,
  event: LoggedEvent,
): Promise<boolean> {
  if (!isOfAction(filter, event)) return false;
  const { references } = filter;
  if (references === null || event.action === 'RESYNCED') return true;
  const named = event.reference === null ? null : parseReference(event.reference);
  if (named !== null) return named.kind === 'name' && references.some((matches) => matches(named));
  try {
    const image = await imageOfEvent(loaders, event);
    const names = image === null ? [] : namesOf(image);
    return names.some((name) => references.some((matches) => matches(name)));
  } catch (error) {
    if (error instanceof EngineError) return true;
    throw error;
  }
}

/** The image of an event as it is now, found by ID, or by name where the event has none. @throws EngineError */
export async function imageOfEvent(loaders: Loaders, event: LoggedEvent): Promise<Image | null> {
  const reference = event.reference === null ? null : parseReference(event.reference);
  if (event.imageId === null && reference === null) return null;
  const view = await loaders.images.load(event.engine);
  if (event.imageId !== null) return view.image(event.imageId);
  return reference === null ? null : view.references().resolve(reference).found;
}
