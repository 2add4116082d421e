import type { ContainerRow } from '../../../src/engine/container-row.ts';
import type { ImageAction } from '../../../src/engine/engine-event.ts';
import type { ImageRow } from '../../../src/engine/image-row.ts';
import type { ScriptedEngine } from '../../support/scripted-engine.ts';
import { containerRow, imageRow, manifestRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';

/** What can be done to an engine; one that cannot be done there and then is done in vain. */
export interface Change {
  readonly name: 'tag' | 'untag' | 'import' | 'build' | 'pull' | 'create' | 'rename' | 'remove';
  readonly one: number;
  readonly other: number;
}

/** An engine at one moment. */
export interface Moment {
  readonly images: ReadonlyMap<string, ImageRow>;
  readonly containers: ReadonlyMap<string, ContainerRow>;
}

/** An engine that changes as the containerd store of Docker does, and tells of it when a test says so. */
export interface DockerWorld {
  perform(change: Change): void;
  /** Announces so many of the events that were not announced yet. */
  announce(count: number): void;
  /** All states that there were, oldest first. */
  readonly history: readonly Moment[];
  /** The state that everything announced so far is a part of. */
  readonly announced: number;
}

interface Image {
  readonly number: number;
  readonly parent: number | null;
  readonly manifest: number;
}
interface Container {
  readonly number: number;
  readonly image: number;
  readonly typed: string;
  names: number;
}

/** A scripted engine with two images that share a manifest, and one that shares none. */
export function createDockerWorld(scripted: ScriptedEngine): DockerWorld {
  const images = new Map<number, Image>();
  const owners = new Map<string, number>();
  const sizes = new Map<number, number>();
  const containers: Container[] = [];
  const history: Moment[] = [];
  /** The last event of a change says which state it was. */
  const silent: { tell(): void; readonly state: number | null }[] = [];
  let made = 0;
  let announced = 0;

  const make = (manifest: number, parent: number | null = null): Image => {
    const image = { number: ++made, parent, manifest };
    images.set(image.number, image);
    return image;
  };
  const toName = (at: number): string => `demo/n${at}:1`;
  const pick = (at: number): Image | undefined => [...images.values()][at % images.size];

  function rowOf({ number, parent, manifest }: Image): ImageRow {
    const tags = [...owners].flatMap(([name, owner]) => (owner === number ? [name] : [])).sort();
    const totalSize = sizes.get(manifest) ?? 30;
    const manifests = [manifestRow(manifest, { totalSize })];
    const parentId = parent === null ? null : idOf(parent);
    return imageRow(number, tags, { parentId, size: totalSize, manifests });
  }

  function containerOf({ number, image, typed, names }: Container): ContainerRow {
    const isStill = owners.get(typed) === image;
    return {
      ...containerRow(number, imageRow(image)),
      name: `c${number}-${names}`,
      // Engines print the name only while it still is the image's.
      imageReference: isStill ? typed : idOf(image),
    };
  }

  function remember(): void {
    scripted.images.clear();
    scripted.containers.clear();
    scripted.put(...[...images.values()].map(rowOf), ...containers.map(containerOf));
    history.push({
      images: new Map(scripted.images),
      containers: new Map(scripted.containers),
    });
  }

  type Tell = () => void;
  const image =
    (action: ImageAction, number: number | null, name: string | null = null): Tell =>
    () =>
      scripted.announceImage(action, number === null ? null : idOf(number), name);
  const container =
    (action: string, about: Container): Tell =>
    () =>
      scripted.announceContainer(action, containerOf(about));

  /** Makes a change. @returns its events */
  const changes: Record<Change['name'], (one: number, other: number) => readonly Tell[]> = {
    tag(one, other) {
      const target = pick(one);
      if (target === undefined) return [];
      owners.set(toName(other), target.number);
      // A moved name is the winner's event alone.
      return [image('TAG', target.number, toName(other))];
    },
    untag(one) {
      const owner = owners.get(toName(one));
      if (owner === undefined) return [];
      owners.delete(toName(one));
      const isUsed = containers.some((own) => own.image === owner);
      const isLast = ![...owners.values()].includes(owner) && !isUsed;
      if (isLast) images.delete(owner);
      return [image('UNTAG', owner, toName(one)), ...(isLast ? [image('DELETE', owner)] : [])];
    },
    import(one) {
      // With a manifest of its own: what happened to one that an image shared which came and went before it
      // could be read cannot be known.
      const { number } = make(200 + made);
      owners.set(toName(one), number);
      return [image('TAG', number, toName(one)), image('IMPORT', number)];
    },
    build(one) {
      const { number } = make(200 + made, pick(one)?.number ?? null);
      return [image('CREATE', number)];
    },
    pull(one) {
      const owner = images.get(owners.get(toName(one)) ?? 0);
      if (owner === undefined) return [];
      sizes.set(owner.manifest, (sizes.get(owner.manifest) ?? 30) + 1);
      return [image('PULL', null, toName(one))];
    },
    create(one) {
      const typed = toName(one);
      const owner = owners.get(typed);
      if (owner === undefined) return [];
      const made = { number: containers.length + 1, image: owner, typed, names: 0 };
      containers.push(made);
      return [container('create', made)];
    },
    rename(one) {
      const about = containers[one % (containers.length || 1)];
      if (about === undefined) return [];
      about.names++;
      return [container('rename', about)];
    },
    remove(one) {
      const [gone] = containers.splice(one % (containers.length || 1), 1);
      return gone === undefined ? [] : [container('destroy', gone)];
    },
  };

  owners.set(toName(0), make(101).number);
  owners.set(toName(1), make(101).number);
  owners.set(toName(2), make(102).number);
  remember();
  return {
    perform({ name, one, other }) {
      const events = changes[name](one, other);
      remember();
      const state = history.length - 1;
      for (const [at, tell] of events.entries()) {
        silent.push({ tell, state: at === events.length - 1 ? state : null });
      }
    },
    announce(count) {
      for (const { tell, state } of silent.splice(0, count)) {
        tell();
        announced = state ?? announced;
      }
    },
    history,
    get announced() {
      return announced;
    },
  };
}
