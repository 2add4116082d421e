import { expect, it } from 'vitest';
import { connectTo } from '../support/gateway.ts';
import { sendJson, startHttpEngine } from '../support/http-engine.ts';
import { idOf } from '../support/stand-in-engine.ts';

const SIGNAL = AbortSignal.timeout(20_000);

function manifest(number: number, architecture: string, available: boolean): object {
  return {
    ID: idOf(number),
    Descriptor: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: idOf(number),
      size: 1,
    },
    Available: available,
    Kind: 'image',
    Size: { Content: available ? 10 : 0, Total: available ? 30 : 0 },
    ImageData: { Platform: { os: 'linux', architecture }, Size: { Unpacked: available ? 20 : 0 } },
  };
}

/** Engine 29.1.3 and later after docker pull --platform linux/arm64 on amd64: nothing of the host's platform is here. */
const HOLLOW = {
  Id: idOf(1),
  RepoTags: ['demo/foreign:1'],
  RepoDigests: [],
  Os: '',
  Architecture: '',
  Config: {},
  RootFS: { Type: 'layers' },
  Manifests: [manifest(2, 'amd64', false), manifest(3, 'arm64', true)],
};
const FOREIGN = {
  Id: idOf(3),
  RepoTags: ['demo/foreign:1'],
  Created: '2024-01-02T03:04:05Z',
  Os: 'linux',
  Architecture: 'arm64',
  Config: { Cmd: ['/app'] },
  RootFS: { Type: 'layers', Layers: [idOf(9)] },
};

it('an image of which only another platform was pulled is told by that platform', async () => {
  const http = await startHttpEngine((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    const path = pathname.replace(/^\/v1\.\d+/, '');
    const info = { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] };
    if (path === '/_ping') return void response.end('OK');
    if (path === '/version')
      return sendJson(response, { ApiVersion: '1.53', MinAPIVersion: '1.44' });
    if (path === '/info') return sendJson(response, info);
    return sendJson(response, searchParams.has('platform') ? FOREIGN : HOLLOW);
  });
  const engine = connectTo('e', http.dial);
  await engine.facts();
  http.calls.splice(0);
  const detail = await engine.inspectImage(idOf(1), SIGNAL);
  expect(detail).toMatchObject({
    id: idOf(1),
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [idOf(9)],
    config: { command: ['/app'] },
    manifests: [{ available: false }, { available: true }],
  });
  const platform = encodeURIComponent('{"os":"linux","architecture":"arm64"}');
  // In 1.52, which checks no signature.
  expect(http.calls).toEqual([
    `GET /v1.52/images/${idOf(1)}/json?manifests=1`,
    `GET /v1.52/images/${idOf(1)}/json?platform=${platform}`,
  ]);
  engine.close();
  await http.close();
});
