import { describe, expect, it } from 'vitest';
import { NEWEST } from '../engines/recordings.ts';
import { refusing } from '../engines/replayed.ts';
import { recorded } from '../support/replay-engine.ts';

const ID = `sha256:${'0'.repeat(64)}`;
const signal = () => AbortSignal.timeout(20_000);
const DOCKER = NEWEST.filter((folder) => folder.startsWith('docker'));

/** The error of a list that an engine refuses as it once refused something else. */
const listError = (folder: string, file: string) =>
  refusing(folder, file, (engine) => engine.listImages(signal()).catch((error: unknown) => error));

describe('what engines refuse', () => {
  it.each(NEWEST)('an image that is gone is null: %s', async (folder) => {
    const answer = recorded(folder, 'refused/missing-id');
    expect(answer).toMatchObject({ status: 404 });
    expect(
      await refusing(folder, 'missing-id', (engine) => engine.inspectImage(ID, signal())),
    ).toBeNull();
  });

  it.each(DOCKER)('a version that is too new is an incompatible engine: %s', async (folder) => {
    expect(await listError(folder, 'api-too-new')).toMatchObject({ code: 'ENGINE_INCOMPATIBLE' });
  });

  it.each(DOCKER)('a version that is too old, said in plain text, is one: %s', async (folder) => {
    expect((recorded(folder, 'refused/api-too-old') as { body: string }).body).toMatch(/^client/);
    expect(await listError(folder, 'api-too-old')).toMatchObject({ code: 'ENGINE_INCOMPATIBLE' });
  });

  it.each([...DOCKER.map((folder) => [folder, 400] as const), ['podman-5-1.44', 500] as const])(
    'a filter that it does not know is an error, on %s with status %s',
    async (folder, status) => {
      expect(recorded(folder, 'refused/unknown-filter')).toMatchObject({ status });
      expect(await listError(folder, 'unknown-filter')).toMatchObject({ code: 'ENGINE_ERROR' });
    },
  );

  it("Podman's empty answer to digests=1 is no empty list", async () => {
    expect(recorded('podman-5-1.44', 'refused/digests-wanted')).toMatchObject({
      status: 200,
      body: '',
    });
    expect(await listError('podman-5-1.44', 'digests-wanted')).toMatchObject({
      code: 'ENGINE_BAD_RESPONSE',
    });
  });

  it.each(NEWEST)('an endpoint that it does not have is not found: %s', async (folder) => {
    expect(await listError(folder, 'no-endpoint')).toMatchObject({ code: 'NOT_FOUND' });
  });
});
