import { imageOfEvent } from '../loaders/image-events.ts';
import { builder } from './builder.ts';

/** GraphQL enum ImageEventAction. */
export const ImageEventAction = builder.enumType('ImageEventAction', {
  description:
    "What happened to an image. Engine field Action of /events; Podman's own words are mapped to Docker's.",
  values: {
    CREATE: { description: 'It was made, by a build or a commit.' },
    DELETE: { description: 'It was removed from the store.' },
    IMPORT: { description: 'It was made from a file system archive.' },
    LOAD: { description: 'It was read from an archive of images.' },
    PULL: { description: 'A reference was pulled from a registry.' },
    PUSH: { description: 'A reference was pushed to a registry.' },
    SAVE: { description: 'It was written to an archive.' },
    TAG: { description: 'A reference was made to name it.' },
    UNTAG: { description: 'A reference ceased to name it.' },
    PRUNE: { description: 'Unused images were removed; each has events of its own too.' },
    RESYNCED: {
      description:
        'Nothing that an engine said: events of this engine before this one may be missing, so that what is known of its images should be read again. No filter holds it back.',
    },
    OTHER: { description: 'The engine used a word that is not known here.' },
  } as const,
});

builder.objectType('ImageEvent', {
  description:
    'Something that happened to an image, told once the answers of this API show what became of it.',
  fields: (t) => ({
    cursor: t.string({
      description:
        'Opaque place of this event, for afterCursor and after; good for as long as the gateway runs.',
      resolve: (event, _args, { events }) => events.cursorOf(event),
    }),
    action: t.field({
      type: ImageEventAction,
      description: 'What happened.',
      resolve: ({ action }) => action,
    }),
    time: t.field({
      type: 'DateTime',
      description:
        "When, to the millisecond, by the engine's clock (engine field timeNano of /events); by the gateway's for RESYNCED.",
      resolve: ({ time }) => Number(time / 1_000_000n) / 1_000,
    }),
    reference: t.string({
      nullable: true,
      description:
        'The reference that it was about, as the engine spells it (engine field Actor); null where the engine names none, as in delete, in untag on graph drivers, and for RESYNCED.',
      resolve: ({ reference }) => reference,
    }),
    imageId: t.field({
      type: 'Digest',
      nullable: true,
      description:
        'ID of the image (engine field Actor.ID); null where the engine names none, as in pull and push of Docker, in prune, and for RESYNCED.',
      resolve: ({ imageId }) => imageId,
    }),
    image: t.field({
      type: 'ImageSummary',
      nullable: true,
      description:
        'The image as it is now, by its ID, or by the reference where the event has no ID; null once it is gone.',
      resolve: (event, _args, { loaders }) => imageOfEvent(loaders, event),
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that it happened on.',
      resolve: ({ engine }, _args, { engineOf }) => engineOf(engine),
    }),
  }),
});
