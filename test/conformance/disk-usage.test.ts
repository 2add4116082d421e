import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { openSubject, type OpenSubject } from './open-subject.ts';
import { findSubjects } from './subjects.ts';

const subjects = await findSubjects();
const USAGE = `{ engine { imageDiskUsage {
  totalCount activeCount danglingCount totalSize reclaimableSize danglingSize } } }`;

describe.each(subjects)('$name', (subject) => {
  let open: OpenSubject;
  beforeAll(async () => {
    open = await openSubject(subject);
  });
  afterAll(() => open.close());

  it('counts images as they are listed', async () => {
    const { engine } = await open.ask(USAGE);
    const { images } = await open.ask(
      '{ images(first: 1000) { nodes { isDangling inUse uniqueSize } } }',
    );
    const dangling = images.nodes.filter(({ isDangling }: any) => isDangling);
    const sizes = dangling.map(({ uniqueSize }: any) => uniqueSize);
    expect(engine.imageDiskUsage).toMatchObject({
      totalCount: images.nodes.length,
      activeCount: images.nodes.filter(({ inUse }: any) => inUse).length,
      danglingCount: dangling.length,
      danglingSize: sizes.includes(null)
        ? null
        : sizes.reduce((sum: number, size: number) => sum + size, 0),
    });
  });

  it.runIf(subject.kind === 'DOCKER')(
    'says of each image what docker system df -v does',
    async () => {
      const format = '{{json .Images}}';
      const printed = await runCli(subject.cli as TestEngine, [
        'system',
        'df',
        '-v',
        '--format',
        format,
      ]);
      const told = JSON.parse(printed) as Record<string, string>[];
      const { images } = await open.ask(
        `{ images(first: 1000) { nodes { imageId containers size sharedSize uniqueSize
        baseImages { imageId } derivedImages(first: 1000) { nodes { imageId } } } } }`,
      );
      expect(told.length).toBeGreaterThan(0);
      const listed = new Set(images.nodes.map(({ imageId }: any) => imageId));
      for (const row of told) {
        const own = images.nodes.find(({ imageId }: any) => imageId === row['ID']);
        const relatives = [...own.baseImages, ...own.derivedImages.nodes];
        // What is shared with intermediate images counts here, and not in df on the containerd store.
        if (
          subject.store === 'CONTAINERD' &&
          relatives.some(({ imageId }: any) => !listed.has(imageId))
        )
          continue;
        // N/A of an image of which no platform is here.
        if (row['Containers'] !== 'N/A') expect(own.containers).toBe(Number(row['Containers']));
        for (const [field, column] of [
          ['size', 'Size'],
          ['sharedSize', 'SharedSize'],
          ['uniqueSize', 'UniqueSize'],
        ] as const) {
          expect(isPrintedAs(own[field], row[column] ?? ''), `${column} of ${row['ID']}`).toBe(
            true,
          );
        }
      }
    },
  );

  it('says of sizes what the command line does', async () => {
    const { totalCount, activeCount, totalSize, reclaimableSize } = (await open.ask(USAGE)).engine
      .imageDiskUsage;
    if (subject.kind === 'EMBEDDED' || subject.cli === null) {
      if (subject.kind === 'EMBEDDED') expect([totalSize, reclaimableSize]).toEqual([null, null]);
      return;
    }
    const count = subject.kind === 'PODMAN' ? 'Total' : 'TotalCount';
    const format = `{{.Type}}|{{.${count}}}|{{.Active}}|{{.Size}}|{{.Reclaimable}}`;
    const printed = await runCli(subject.cli, ['system', 'df', '--format', format]);
    const [, total, active, size = '', reclaimable = ''] =
      printed
        .split('\n')
        .find((line) => line.startsWith('Images|'))
        ?.split('|') ?? [];
    // Podman counts intermediate images and names here.
    if (subject.kind === 'DOCKER')
      expect([totalCount, activeCount]).toEqual([Number(total), Number(active)]);
    expect(isPrintedAs(totalSize, size)).toBe(true);
    expect(isPrintedAs(reclaimableSize, reclaimable.replace(/ .*/, ''))).toBe(true);
  });
});

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** Whether a number of bytes reads like this when it is rounded: 33.79kB. */
function isPrintedAs(bytes: number, printed: string): boolean {
  const [, digits = '', unit = ''] = /^([\d.]+)(B|kB|MB|GB)$/.exec(printed) ?? [];
  const scale = UNITS[unit] ?? Number.NaN;
  const last = 10 ** -(digits.split('.')[1]?.length ?? 0);
  return Math.abs(bytes / scale - Number(digits)) <= last;
}
