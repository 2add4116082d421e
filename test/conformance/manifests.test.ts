import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubject, type OpenSubject } from './open-subject.ts';
import { findSubjects } from './subjects.ts';

const subjects = await findSubjects();

describe.each(subjects)('$name', (subject) => {
  const { facts, store } = subject;
  let open: OpenSubject;
  beforeAll(async () => {
    open = await openSubject(subject);
  });
  afterAll(() => open.close());

  it('links manifests of several platforms and their attestations', async () => {
    const { manifests, imageId } = await open.imageNamed(facts.multiPlatform);
    if (store !== 'CONTAINERD' && store !== 'OCI_LAYOUT') {
      expect(manifests).toBeNull();
      return;
    }
    const ofKind = (kind: string) => manifests.filter((manifest: any) => manifest.kind === kind);
    expect(ofKind('IMAGE').map(({ platform }: any) => platform.name)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(ofKind('ATTESTATION').map(({ attests }: any) => attests.digest)).toEqual(
      ofKind('IMAGE').map(({ digest }: any) => digest),
    );
    const image = await open.imageNamed(
      facts.multiPlatform,
      'repoDigests { digest manifests { digest } }',
    );
    expect(image.repoDigests[0]).toEqual({
      digest: imageId,
      manifests: manifests.map(({ digest }: any) => ({ digest })),
    });
  });

  it('tells the types of attestations where the store names them', async () => {
    const { manifests } = await open.imageNamed(
      facts.multiPlatform,
      'manifests { kind statements { predicateType descriptor { mediaType } statement } }',
    );
    for (const { kind, statements } of manifests ?? []) {
      if (kind !== 'IMAGE' || store !== 'OCI_LAYOUT') expect(statements).toBeNull();
      else {
        const [{ predicateType, descriptor, statement }] = statements;
        expect(descriptor.mediaType).toBe('application/vnd.in-toto+json');
        expect(JSON.parse(statement).predicateType).toBe(predicateType);
      }
    }
  });

  it.skipIf(facts.partial === null)(
    'tells platforms that are here from those that are not',
    async () => {
      const { manifests } = await open.imageNamed(facts.partial as string);
      const ofImages = manifests.filter(({ kind }: any) => kind === 'IMAGE');
      const here = ofImages.filter(({ available }: any) => available);
      expect(here).toHaveLength(1);
      expect(ofImages.length).toBeGreaterThan(1);
      for (const { available, contentSize } of ofImages) expect(contentSize > 0).toBe(available);
    },
  );

  it.skipIf(facts.emptied === null)('shows an index of which no platform is left', async () => {
    const image = await open.imageNamed(facts.emptied as string);
    expect(image.manifests.some(({ kind, available }: any) => kind === 'IMAGE' && available)).toBe(
      false,
    );
  });
});
