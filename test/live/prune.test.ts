import { afterAll, beforeAll, expect, it } from 'vitest';
import { callEngine } from '../engines/api.ts';
import { build } from '../engines/builder.ts';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly } from './follow.ts';
import { API, importImage, LABEL, localName } from './operations.ts';
import { removeAll } from './removal.ts';

const OWN = { labels: { 'imagegraph.live': '1' } };
const [KEY = '', VALUE = ''] = LABEL.split('=');
const PREVIEW = `query ($dangling: Boolean!, $until: DateTime) {
  prunePreview(danglingOnly: $dangling, until: $until, labels: [{ key: "${KEY}", value: "${VALUE}" }]) {
    images(first: 1000) { nodes { imageId } }
    untagged(first: 1000) { nodes { reference } }
    reclaimableSize
  } }`;

describeEach(await findRealEngines(), 'docker image prune on $name', (subject: TestEngine) => {
  let gateway: TestGateway;
  const cli = (...args: readonly string[]) => runCli(subject, args);
  const named = (part: string) => `live/${part}:1`;
  const create = (image: string, container: string) =>
    cli('create', `--name=live-${container}`, image, '/x');
  const classic = { ...OWN, classic: true, steps: 1 };

  beforeAll(async () => {
    gateway = createTestGateway([connectDirectly(subject)]);
    await removeAll(subject);
  });
  afterAll(async () => {
    gateway.close();
    await removeAll(subject);
  });

  /** Every kind of image that a prune treats in its own way. */
  async function makeImages(): Promise<void> {
    await removeAll(subject);
    await build(subject, named('alone'), 'alone', OWN);
    await build(subject, named('two'), 'two', OWN);
    await cli('tag', named('two'), named('two-more'));
    await build(subject, named('used'), 'used', OWN);
    await create(named('used'), 'a');
    await build(subject, named('both'), 'both', OWN);
    for (const other of ['a-both', 'z-both']) await cli('tag', named('both'), named(other));
    await create(named('both'), 'b');
    await build(subject, named('base'), 'base', classic);
    await build(subject, named('middle'), 'middle', { ...classic, from: named('base') });
    await build(subject, named('top'), 'top', { ...classic, from: named('middle') });
    await create(named('top'), 'c');
    await build(subject, named('other-base'), 'other base', classic);
    await build(subject, named('other-top'), 'other top', {
      ...classic,
      steps: 2,
      from: named('other-base'),
    });
    for (const round of ['first', 'second']) {
      await build(subject, named('lost'), `lost ${round}`, classic);
      await build(subject, named('lost-used'), `lost used ${round}`, classic);
      if (round === 'first') await create(named('lost-used'), 'd');
    }
    const id = await build(subject, named('by-id'), 'by id', OWN);
    await cli('tag', named('by-id'), named('a-by-id'));
    await create(id, 'e');
  }

  /** IDs with their names, of every image: parents without the label go with their children. */
  async function listed(): Promise<Map<string, readonly string[]>> {
    const { body } = await callEngine(subject.url, `${API}/images/json?all=1`);
    const images = JSON.parse(body) as { Id: string; RepoTags: string[] | null }[];
    return new Map(
      images.map(({ Id, RepoTags }) => [
        Id,
        (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      ]),
    );
  }

  async function prune(dangling: boolean, until?: string): Promise<{ reclaimed: number }> {
    const filters = {
      dangling: [String(dangling)],
      label: [LABEL],
      ...(until === undefined ? {} : { until: [until] }),
    };
    const path = `${API}/images/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`;
    const { status, body } = await callEngine(subject.url, path, { method: 'POST' });
    expect(status).toBe(200);
    return { reclaimed: JSON.parse(body).SpaceReclaimed };
  }

  /** What is foreseen, what is done, and whether these are the same. */
  async function compare(dangling: boolean, until?: string) {
    const { data, errors } = await gateway.ask(PREVIEW, { dangling, until });
    expect(errors).toBeUndefined();
    const { images, untagged, reclaimableSize } = data.prunePreview;
    const before = await listed();
    const { reclaimed } = await prune(dangling, until);
    const after = await listed();
    const gone = [...before.keys()].filter((id) => !after.has(id));
    const lost = [...after].flatMap(([id, tags]) =>
      (before.get(id) ?? []).filter((tag) => !tags.includes(tag)),
    );
    expect(images.nodes.map(({ imageId }: any) => imageId).sort()).toEqual(gone.sort());
    expect(untagged.nodes.map(({ reference }: any) => reference)).toEqual(lost.sort());
    return { gone, lost, reclaimed, reclaimableSize };
  }

  it('does what was foreseen: of dangling images, and then of all', async () => {
    await makeImages();
    for (const dangling of [true, false]) {
      // Of what the first prune leaves, no untagged image is without a container.
      if (!dangling) await build(subject, named('lost'), 'lost third', classic);
      const { gone, lost, reclaimed, reclaimableSize } = await compare(dangling);
      expect(gone.length).toBeGreaterThan(0);
      if (!dangling && subject.kind === 'DOCKER') expect(lost.length).toBeGreaterThan(1);
      if (reclaimableSize !== null) expect(reclaimableSize).toBe(reclaimed);
    }
  }, 120_000);

  it('frees what was foreseen, where there is no build cache and nothing is shared', async () => {
    await removeAll(subject);
    if (subject.kind === 'DOCKER') await cli('builder', 'prune', '-af');
    for (const part of ['a', 'b']) await importImage(subject, `live/${part}`, `free ${part}`);
    await create(`${localName(subject, 'b')}:1`, 'a');
    const { gone, reclaimed, reclaimableSize } = await compare(false);
    expect(gone).toHaveLength(1);
    expect(reclaimed).toBeGreaterThan(0);
    expect(reclaimableSize).toBe(subject.kind === 'PODMAN' ? null : reclaimed);
  }, 60_000);

  it('goes by the time of creation, or says that it cannot be told', async () => {
    await removeAll(subject);
    for (const part of ['a', 'b']) await importImage(subject, `live/${part}`, `until ${part}`);
    const until = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 60_000).toISOString();
    if (subject.store === 'CONTAINERD') {
      const { data, errors } = await gateway.ask(PREVIEW, { dangling: false, until });
      expect(data.prunePreview).toBeNull();
      expect(errors?.map(({ extensions }) => extensions['code'])).toEqual([
        'UNSUPPORTED_BY_ENGINE',
      ]);
      return;
    }
    expect((await compare(false, '2001-01-01T00:00:00Z')).gone).toEqual([]);
    expect((await compare(false, until)).gone).toHaveLength(2);
  }, 60_000);
});
