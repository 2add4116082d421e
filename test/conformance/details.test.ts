import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectAll, inspectPlatform, toldHistory, type ToldImage } from './command-line.ts';
import { openSubject, type OpenSubject } from './open-subject.ts';
import { findSubjects } from './subjects.ts';

const subjects = await findSubjects();
const LINKS = '{ nodes { imageId } }';
const DETAILS = `imageId platform { name } platforms { name } comment size
  config { environment { name value } command entrypoint workingDirectory }
  layers { diffId size createdBy images(first: 1000) ${LINKS} }
  history { createdBy comment size isEmpty layer { diffId size } image { imageId } }
  baseImages { imageId } derivedImages(first: 1000) ${LINKS}
  usedBy(first: 1000, includeDerived: true) { nodes { name } }`;

describe.each(subjects)('$name', (subject) => {
  const { facts, store } = subject;
  let open: OpenSubject;
  /** What the gateway says of every image, and what the command line does. */
  let images: readonly any[];
  let told: ReadonlyMap<string, ToldImage>;
  beforeAll(async () => {
    open = await openSubject(subject);
    const answer = await open.ask(`{ images(first: 1000, all: true) { nodes { ${DETAILS} } } }`);
    images = answer.images.nodes;
    told =
      subject.cli === null
        ? new Map()
        : await inspectAll(
            subject.cli,
            images.map(({ imageId }) => imageId),
          );
  });
  afterAll(() => open.close());

  const named = (image: any) => image.layers !== null;
  const idsOf = (list: readonly any[]) => list.map(({ imageId }: any) => imageId).sort();

  it('tells configuration, layers and platform as the command line does', () => {
    for (const image of images.filter(named)) {
      const own = told.get(image.imageId);
      if (own === undefined) continue;
      const { environment, ...config } = image.config;
      expect({
        ...config,
        environment: environment.map(({ name, value }: any) => `${name}=${value}`),
      }).toEqual({
        command: own.command,
        entrypoint: own.entrypoint,
        workingDirectory: own.workingDirectory,
        environment: own.environment,
      });
      expect(image.layers.map(({ diffId }: any) => diffId)).toEqual(own.layers);
      expect(image.comment).toBe(own.comment);
      expect(image.platform?.name).toMatch(new RegExp(`^${own.os}/${own.architecture}`));
      expect(image.platforms).toContainEqual(image.platform);
    }
    expect(images.filter(named).length).toBeGreaterThan(images.length - 2);
  });

  it('says nothing of an image of which nothing is here', async () => {
    if (facts.emptied === null) return;
    const emptied = await open.imageNamed(
      facts.emptied,
      'config { user } layers { diffId } history { size } platform { name }',
    );
    expect(emptied).toEqual({ config: null, layers: null, history: null, platform: null });
  });

  it('tells history as the command line does, each layer with the step that made it', async () => {
    for (const image of images.filter(named)) {
      if (subject.cli !== null && subject.name !== 'docker-20') {
        const steps = await toldHistory(subject.cli, image.imageId);
        expect(
          image.history.map(({ createdBy, comment }: any) => ({ createdBy, comment })),
        ).toEqual(steps);
      }
      const made = image.history.filter(({ layer }: any) => layer !== null).toReversed();
      expect(made.map(({ layer }: any) => layer.diffId)).toEqual(
        image.layers.map(({ diffId }: any) => diffId),
      );
      expect(made.map(({ layer, size }: any) => [layer.size, size])).toEqual(
        image.layers.map(({ size }: any) => [size, size]),
      );
      for (const { isEmpty, layer } of image.history) expect(isEmpty).toBe(layer === null);
    }
  });

  it.skipIf(store !== 'GRAPH_DRIVER')('has layers whose sizes are that of the image', () => {
    for (const { layers, size } of images) {
      expect(layers.reduce((sum: number, layer: any) => sum + layer.size, 0)).toBe(size);
    }
  });

  it('finds bases and derived images by layers, each the inverse of the other', () => {
    const chains = new Map<string, readonly string[]>(
      images
        .filter(named)
        .map(({ imageId, layers }) => [imageId, layers.map(({ diffId }: any) => diffId)]),
    );
    const isBase = (base: readonly string[], chain: readonly string[]) =>
      base.length > 0 && base.length < chain.length && base.every((id, at) => chain[at] === id);
    let found = 0;
    for (const image of images.filter(named)) {
      const own = chains.get(image.imageId) as readonly string[];
      const others = [...chains];
      const bases = others.filter(([, chain]) => isBase(chain, own));
      expect(idsOf(image.baseImages)).toEqual(bases.map(([id]) => id).sort());
      const lengths = image.baseImages.map(({ imageId }: any) => chains.get(imageId)?.length);
      expect(lengths).toEqual(lengths.toSorted((a: number, b: number) => b - a));
      const derived = others.filter(([, chain]) => isBase(own, chain));
      expect(idsOf(image.derivedImages.nodes)).toEqual(derived.map(([id]) => id).sort());
      for (const layer of image.layers) {
        const holders = others.filter(([, chain]) => chain.includes(layer.diffId));
        expect(idsOf(layer.images.nodes)).toEqual(holders.map(([id]) => id).sort());
      }
      found += bases.length;
    }
    expect(found).toBeGreaterThan(0);
  });

  it('counts the containers of derived images where they are asked for', () => {
    const byId = new Map(images.map((image) => [image.imageId, image]));
    const namesOf = (image: any): string[] =>
      Object.entries(facts.containers).flatMap(([name, { imageId }]) =>
        imageId === image.imageId ? [name] : [],
      );
    for (const image of images.filter(named)) {
      const derived = image.derivedImages.nodes.map(({ imageId }: any) => byId.get(imageId));
      const expected = [image, ...derived].flatMap(namesOf).sort();
      expect(image.usedBy.nodes.map(({ name }: any) => name).sort()).toEqual(expected);
    }
  });

  it('finds images by the diff ID of a layer, and by platform', async () => {
    const { imageId, layers, platform } = images.find(({ layers }) => layers?.length > 0);
    const [os, architecture] = platform.name.split('/');
    const query = `query ($d: [Digest!], $os: String, $architecture: String) {
      byLayer: images(first: 1000, filter: { digests: $d }) ${LINKS}
      byPlatform: images(first: 1000, filter: { platform: { os: $os, architecture: $architecture } }) ${LINKS}
      elsewhere: images(filter: { platform: { architecture: "vax" } }) { totalCount }
    }`;
    const { byLayer, byPlatform, elsewhere } = await open.ask(query, {
      d: [layers[0].diffId],
      os,
      architecture,
    });
    expect(idsOf(byLayer.nodes)).toContain(imageId);
    expect(idsOf(byPlatform.nodes)).toContain(imageId);
    expect(elsewhere.totalCount).toBe(0);
  });

  it('tells each platform of an image by itself', async () => {
    const { manifests } = await open.imageNamed(
      facts.multiPlatform,
      'manifests { kind platform { name } config { workingDirectory command } layers { diffId } history { createdBy } }',
    );
    if (manifests === null) return;
    const { imageId } = await open.imageNamed(facts.multiPlatform);
    for (const { kind, platform, config, layers, history } of manifests) {
      if (kind !== 'IMAGE')
        expect({ config, layers, history }).toEqual({ config: null, layers: null, history: null });
      else {
        expect(history.length).toBeGreaterThan(0);
        if (subject.cli === null || subject.kind === 'EMBEDDED') continue;
        const own = await inspectPlatform(subject.cli, imageId, platform.name);
        expect(layers.map(({ diffId }: any) => diffId)).toEqual(own.layers);
        expect(config).toEqual({ workingDirectory: own.workingDirectory, command: own.command });
      }
    }
  });
});
