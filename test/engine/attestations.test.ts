import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, createTestGateway, type TestGateway } from '../support/gateway.ts';
import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';
import { containerdStore, idOf } from '../support/stand-in-engine.ts';

const SLSA = 'https://slsa.dev/provenance/v1';
const SBOM = 'https://spdx.dev/Document';
const QUERY = `{ image(reference: "demo/app-1:1") { manifests {
  platform { name } statements { predicateType descriptor { digest size } statement } } } }`;

let http: HttpEngine | null = null;
let gateway: TestGateway | null = null;
afterEach(async () => {
  gateway?.close();
  await http?.close();
});

/** An engine of this API version, of whose images the first platform has two statements. */
async function open(minor: number, size = 300): Promise<TestGateway> {
  const { images } = containerdStore(1);
  const descriptor = (number: number) => ({
    mediaType: 'application/vnd.in-toto+json',
    digest: idOf(number),
    size,
    annotations: { 'in-toto.io/predicate-type': SLSA },
  });
  http = await startHttpEngine((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    const path = pathname.replace(/^\/v1\.\d+/, '');
    const info = { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] };
    if (path === '/_ping') return void response.end('OK');
    if (path === '/version')
      return sendJson(response, { ApiVersion: `1.${minor}`, MinAPIVersion: '1.40' });
    if (path === '/info') return sendJson(response, info);
    if (path === '/images/json') return sendJson(response, images);
    if (!path.endsWith('/attestations'))
      return sendJson(response, { message: 'page not found' }, 404);
    const { architecture } = JSON.parse(searchParams.get('platform') ?? '') as Record<
      string,
      string
    >;
    if (architecture !== 'amd64') return sendJson(response, []);
    const type = searchParams.get('type');
    const statement = {
      predicateType: type,
      predicate: {
        token: 'hunter2hunter2',
        password: ['hunter2'],
        args: ['x', '--password', 'hunter2'],
        variables: [{ name: 'DB_PASSWORD', value: 'hunter2' }],
        url: 'https://a:b@c/',
      },
    };
    const all = [SLSA, SBOM].map((PredicateType, at) => ({
      Descriptor: descriptor(at + 1),
      PredicateType,
    }));
    const asked = all.filter(({ PredicateType }) => type === null || type === PredicateType);
    return sendJson(
      response,
      searchParams.has('statement')
        ? asked.map((one) => ({ ...one, Statement: statement }))
        : asked,
    );
  });
  const engine = connectTo('e', http.dial);
  await engine.facts();
  http.calls.splice(0);
  gateway = createTestGateway([engine]);
  return gateway;
}

describe('statements of attestations', () => {
  it('are told from API 1.55 on, without what looks like a secret', async () => {
    const { data, errors } = await (await open(55)).ask(QUERY);
    expect(errors).toBeUndefined();
    const [amd64, arm64] = data.image.manifests;
    expect(arm64.statements).toEqual([]);
    expect(amd64.statements.map(({ predicateType }: any) => predicateType)).toEqual([SLSA, SBOM]);
    const [first] = amd64.statements;
    expect(first.descriptor).toEqual({ digest: idOf(1), size: 300 });
    expect(JSON.parse(first.statement)).toEqual({
      predicateType: SLSA,
      predicate: {
        token: '[redacted]',
        password: '[redacted]',
        args: ['x', '--password', '[redacted]'],
        variables: [{ name: 'DB_PASSWORD', value: '[redacted]' }],
        url: 'https://[redacted]@c/',
      },
    });
    const asked = (http as HttpEngine).calls.filter((call) => call.includes('/attestations'));
    expect(asked).toHaveLength(4);
    expect(asked[0]).toBe(
      `GET /v1.55/images/${idOf(1)}/attestations?platform=${encodeURIComponent('{"os":"linux","architecture":"amd64"}')}`,
    );
  });

  it('are not asked for where the engine cannot tell', async () => {
    const { data, errors } = await (await open(54)).ask(QUERY);
    expect(errors).toBeUndefined();
    expect(data.image.manifests.map(({ statements }: any) => statements)).toEqual([null, null]);
    expect((http as HttpEngine).calls.filter((call) => call.includes('/attestations'))).toEqual([]);
  });

  it('are left out when they are too long, and not even asked for', async () => {
    const { data } = await (await open(55, 300_000)).ask(QUERY);
    expect(data.image.manifests[0].statements[0].statement).toBeNull();
    expect((http as HttpEngine).calls.filter((call) => call.includes('statement=1'))).toEqual([]);
  });
});
