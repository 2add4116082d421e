import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../embedded/open-embedded.ts';
import { runCli } from '../engines/cli.ts';
import { enginesRoot } from '../engines/engine-list.ts';
import { createTestGateway } from '../support/gateway.ts';
import { findSubjects, type Subject } from './subjects.ts';

const docker = (await findSubjects()).filter(({ kind }) => kind === 'DOCKER');
const folder = await mkdtemp(join(tmpdir(), 'imagegraph-saved-'));
afterAll(() => rm(folder, { recursive: true }));

const QUERY = `query ($r: [ImageReference!]!) { imagesByReference(references: $r) {
  imageId created labels { key value } repoTags { reference } ancestors { repoTags { reference } }
  manifests { digest kind available platform { name } attests { digest } } } }`;

/** Saves images of an engine and asks both for the same. */
async function compare(subject: Subject): Promise<void> {
  const { cli, facts, name, store } = subject;
  const names = [...(facts.chain ?? []), facts.multiPlatform, ...facts.twoRepositories];
  // The command may see another root than we do; below the engines' folder both see the same.
  const saved = join(enginesRoot(), 'engines', name, 'saved.tar');
  const file = join(folder, `${name}.tar`);
  if (cli === null) throw new Error('no command line');
  await runCli(cli, ['save', '-o', saved, ...names]);
  await copyFile(saved, file);
  await rm(saved);

  const live = await subject.open();
  const embedded = openEmbedded({ kind: 'archive', file });
  const offline = createTestGateway([embedded.engine]);
  const [expected, found] = await Promise.all(
    [live, offline].map(
      async (gateway) => (await gateway.ask(QUERY, { r: names })).data.imagesByReference,
    ),
  );
  // Docker's archives have OCI manifests from 25 on, whose digests are the IDs then, as in the containerd store.
  const isSameId = store === 'CONTAINERD' || name === 'docker-20';
  const told = (images: any[]) =>
    images.map(({ imageId, created, labels, repoTags, manifests }) => ({
      created,
      labels,
      repoTags,
      ...(isSameId ? { imageId, manifests } : {}),
    }));
  expect(told(found)).toEqual(told(expected));
  // The containerd store saves no parents, and no one saves the nameless ones.
  if (store === 'GRAPH_DRIVER') {
    const top = (facts.chain ?? []).length - 1;
    expect(found[top].ancestors).toEqual(expected[top].ancestors);
    expect(found[top].ancestors).toHaveLength(top);
  }
  expect(embedded.reports).toEqual([]);
  live.close();
  offline.close();
}

describe.skipIf(docker.length === 0)('docker save, read without the engine', () => {
  it('holds the same images: names, parents, labels, dates and manifests', async () => {
    for (const subject of docker) await compare(subject);
  });
});
