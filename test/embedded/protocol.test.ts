import { afterAll, describe, expect, it } from 'vitest';
import { openEmbedded } from './open-embedded.ts';

const embedded = openEmbedded({ kind: 'sample' });
const { call } = embedded;
afterAll(() => embedded.close());

const listed = async (query = ''): Promise<any[]> =>
  (await call(`/v1.51/images/json?${query}`)).body;
const idOf = async (name: string): Promise<string> =>
  (await call(`/v1.51/images/${name}/json`)).body.Id;

describe('the embedded engine speaks the Engine API', () => {
  it('pings, with the version in a header', async () => {
    const reply = await call('/_ping');
    expect(reply).toMatchObject({ status: 200, body: 'OK', headers: { 'api-version': '1.51' } });
    expect(await call('/_ping', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('says what it is', async () => {
    const { body: version } = await call('/version');
    expect(version).toMatchObject({ ApiVersion: '1.51', MinAPIVersion: '1.44', Version: '1.2.3' });
    const { body: info } = await call('/v1.51/info');
    expect(info).toMatchObject({ Driver: 'oci-layout', Images: 6, Containers: 0 });
    expect(info.ID).toBe((await call('/v1.44/info')).body.ID);
  });

  it.each([
    ['/v1.43/images/json', 400, /too old/],
    ['/v1.52/images/json', 400, /too new/],
    ['/v1.51/images/nothing:1/json', 404, /No such image: nothing:1/],
    ['/v1.51/images/UPPER/json', 400, /invalid reference/],
    ['/v1.51/images/%ff/json', 400, /invalid reference/],
    ['/v1.51/images/..%2f..%2finfo/json', 400, /invalid reference/],
    ['/v1.51/nothing', 404, /page not found/],
    ['/v1.51/images/demo/web:1.4.0/json?platform=windows', 400, /platform/],
    [
      `/v1.51/images/demo/web:1.4.0/json?platform=${encodeURIComponent('{"os":"linux","architecture":"mips"}')}`,
      404,
      /linux\/mips/,
    ],
  ])('refuses %s with %i', async (path, status, message) => {
    const reply = await call(path);
    expect(reply.status).toBe(status);
    expect(reply.body.message).toMatch(message);
  });

  it('takes nothing but GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await call('/v1.51/images/json', method)).status).toBe(405);
    }
  });

  it('lists an image without manifests unless they are asked for', async () => {
    const [first] = await listed();
    expect(first).toMatchObject({
      RepoTags: ['demo/web:1.4.0', 'demo/web:latest'],
      SharedSize: -1,
      Containers: -1,
    });
    expect(first).not.toHaveProperty('Manifests');
    const [full] = await listed('manifests=1&shared-size=1');
    expect(full.Manifests.map(({ Kind }: any) => Kind)).toEqual([
      'image',
      'image',
      'attestation',
      'attestation',
    ]);
    expect(full.SharedSize).toBeGreaterThan(0);
    expect(full.SharedSize).toBeLessThan(full.Size);
  });

  it('finds an image by name, digest, ID and the beginning of one', async () => {
    const id = await idOf('demo/shop:2.3.0');
    const hex = id.slice('sha256:'.length);
    for (const name of [
      'docker.io/demo/shop:2.3.0',
      'ghcr.io/example/shop:2.3.0',
      `demo/shop@${id}`,
      id,
      hex,
      hex.slice(0, 12),
    ]) {
      expect(await idOf(name)).toBe(id);
    }
  });

  it('shows the configuration of the platform that is asked for', async () => {
    for (const architecture of ['amd64', 'arm64']) {
      const platform = encodeURIComponent(JSON.stringify({ os: 'linux', architecture }));
      const { body } = await call(`/v1.51/images/demo/web:1.4.0/json?platform=${platform}`);
      expect(body).toMatchObject({ Architecture: architecture, Os: 'linux' });
      expect(body.RootFS.Layers).toHaveLength(2);
    }
  });

  it('tells the history newest first, empty steps with no size', async () => {
    const { body } = await call('/v1.51/images/demo/shop:2.3.0/history');
    expect(body.map(({ CreatedBy }: any) => CreatedBy.split(' ').slice(0, 2).join(' '))).toEqual([
      'LABEL …',
      'COPY shop',
      'COPY runtime',
      'ADD rootfs.tar',
    ]);
    expect(body[0]).toMatchObject({ Id: await idOf('demo/shop:2.3.0'), Size: 0 });
    expect(body[0].Tags).toContain('demo/shop:2.3.0');
    for (const { Id, Tags, Size } of body.slice(1)) {
      expect({ Id, Tags }).toEqual({ Id: '<missing>', Tags: null });
      expect(Size).toBeGreaterThan(0);
    }
  });

  it('counts what all images hold, each blob once', async () => {
    const { body } = await call('/v1.51/system/df');
    const sizes = body.Images.map(({ Size }: any) => Size);
    expect(body.LayersSize).toBeLessThan(sizes.reduce((a: number, b: number) => a + b));
    expect(body.LayersSize).toBeGreaterThan(Math.max(...sizes));
  });
});
