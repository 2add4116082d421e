import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { createDockerCredentials } from '../../src/registry/registry-credentials.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { runCli } from '../engines/cli.ts';
import { REGISTRY, type TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';
import {
  LOGIN,
  RETRY_AFTER_S,
  type RegistryDoor,
  startRegistryDoor,
} from '../support/registry-door.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly } from './follow.ts';
import { importImage } from './operations.ts';
import { removeAll } from './removal.ts';

const CHECK = `reference updateCheck { status localDigests registryDigest checkedAt }
  registry { descriptor { digest mediaType size } platforms { name } }
  name { registry { descriptor { digest } } }`;
/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFESTS = `application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, ${INDEX}`;

const engines = await findRealEngines();

describeEach(engines, 'the registry as $name sees it', (subject: TestEngine) => {
  const canAsk = subject.kind === 'DOCKER';
  const repository = (name: string, host = REGISTRY) =>
    `${host}/${subject.name}/live-check-${name}`;
  const docker = (...args: readonly string[]) => runCli(subject, args);
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-registry-'));
  const config = join(folder, 'config.json');
  let door: RegistryDoor;

  /** A gateway that remembers nothing yet. */
  function open(allowed: readonly string[]): TestGateway {
    const credentials = createDockerCredentials({
      folder,
      environment: process.env,
      onProblem: (_, problem) => {
        throw new Error(problem);
      },
    });
    const index = createReadThroughIndex(connectDirectly(subject));
    return createIndexGateway([index], { registries: createRegistries({ allowed, credentials }) });
  }

  beforeAll(async () => {
    await removeAll(subject);
    door = await startRegistryDoor(REGISTRY);
    for (const name of ['a', 'b']) await importImage(subject, `live/${name}`, `registry ${name}`);
    for (const name of ['same', 'moved', 'one', 'two', 'digest']) await push('a', name);
  }, 120_000);
  afterAll(async () => {
    await door.close();
    await removeAll(subject);
    rmSync(folder, { recursive: true });
  });

  async function push(image: string, name: string): Promise<void> {
    const local = subject.kind === 'PODMAN' ? `docker.io/live/${image}:1` : `live/${image}:1`;
    await docker('tag', local, `${repository(name)}:1`);
    const insecure = subject.kind === 'PODMAN' ? ['--tls-verify=false'] : [];
    await docker('push', ...insecure, '-q', `${repository(name)}:1`);
  }

  /** What the gateway says of one name of an image, with the codes of its own errors. */
  async function check(reference: string, over?: TestGateway) {
    const asked = over ?? open([REGISTRY, NOBODY, door.host]);
    const query = `query ($r: ImageReference!) { image(reference: $r) { imageId
      repoTags { ${CHECK} } repoDigests { reference registry { descriptor { digest } } } } }`;
    const { data, errors = [] } = await asked.ask(query, { r: reference });
    if (over === undefined) asked.close();
    const list = reference.includes('@') ? 'repoDigests' : 'repoTags';
    const at = data.image[list].findIndex((one: any) => one.reference === reference);
    const own = errors.filter(({ path }) => path?.[1] === list && path[2] === at);
    const codesOf = (some: typeof errors) => some.map(({ extensions }) => extensions['code']);
    // An answer shows the first error of each code and engine before all others, so one name may have none of its own.
    const [codes, allCodes] = [codesOf(own), new Set(codesOf(errors))];
    return { ...data.image[list][at], imageId: data.image.imageId, codes, allCodes };
  }

  /** What the registry itself has under a tag. */
  async function inRegistry(name: string): Promise<{ digest: string | null; type: string }> {
    const url = `http://${REGISTRY}/v2/${repository(name).slice(REGISTRY.length + 1)}/manifests/1`;
    const { headers } = await fetch(url, { method: 'HEAD', headers: { accept: MANIFESTS } });
    return {
      digest: headers.get('docker-content-digest'),
      type: headers.get('content-type') ?? '',
    };
  }

  it.skipIf(canAsk)('cannot be asked by this engine, and that is said', async () => {
    const { allCodes, updateCheck, registry } = await check(`${repository('same')}:1`);
    expect({ updateCheck, registry }).toEqual({ updateCheck: null, registry: null });
    expect(allCodes).toContain('UNSUPPORTED_BY_ENGINE');
  });

  it.runIf(canAsk)('has the same under a tag that was pushed', async () => {
    const { updateCheck, registry, name, codes } = await check(`${repository('same')}:1`);
    const { digest, type } = await inRegistry('same');
    expect(codes).toEqual([]);
    expect(updateCheck).toMatchObject({ status: 'UP_TO_DATE', registryDigest: digest });
    expect(updateCheck.localDigests).toContain(digest);
    expect(Math.abs(Date.parse(updateCheck.checkedAt) - Date.now())).toBeLessThan(60_000);
    expect(registry.descriptor).toMatchObject({ digest, mediaType: type });
    expect(name.registry.descriptor.digest).toBe(digest);
  });

  it.runIf(canAsk)('has something else under a tag that was moved there', async () => {
    await push('a', 'moved');
    const before = (await inRegistry('moved')).digest;
    await push('b', 'moved');
    await docker('tag', 'live/a:1', `${repository('moved')}:1`);
    const { updateCheck } = await check(`${repository('moved')}:1`);
    const { digest } = await inRegistry('moved');
    expect(digest).not.toBe(before);
    expect(updateCheck).toMatchObject({ status: 'DIFFERENT', registryDigest: digest });
    expect(updateCheck.localDigests).toContain(before);
  });

  it.runIf(canAsk)('compares each repository of an image with itself', async () => {
    await push('b', 'two');
    await docker('tag', 'live/a:1', `${repository('two')}:1`);
    const one = await check(`${repository('one')}:1`);
    const two = await check(`${repository('two')}:1`);
    expect(one.imageId).toBe(two.imageId);
    expect([one.updateCheck.status, two.updateCheck.status]).toEqual(['UP_TO_DATE', 'DIFFERENT']);
  });

  it.runIf(canAsk)('has another index over the same platform', async () => {
    const { digest, type } = await inRegistry('same');
    const name = repository('platform');
    const size = (await manifestOf('same')).length;
    const platform = { architecture: 'amd64', os: 'linux' };
    const listed = { mediaType: type, digest, size, platform };
    const other = { ...listed, platform: { ...platform, architecture: 'arm64' } };
    await copyBlobs('same', 'platform');
    await putIndex('platform', [listed]);
    await docker('pull', '-q', `${name}:1`);
    const before = await check(`${name}:1`);
    expect(before.updateCheck.status).toBe('UP_TO_DATE');
    expect(before.registry.descriptor.mediaType).toBe(INDEX);
    expect(before.registry.platforms).toEqual([{ name: 'linux/amd64' }]);
    await putIndex('platform', [listed, other]);
    const after = await check(`${name}:1`);
    expect(after.updateCheck.status).toBe('DIFFERENT');
    expect(after.updateCheck.localDigests).toEqual(before.updateCheck.localDigests);
    expect(after.registry.platforms).toEqual([{ name: 'linux/amd64' }, { name: 'linux/arm64' }]);
  });

  const pathOf = (name: string) => repository(name).slice(REGISTRY.length + 1);

  async function manifestOf(name: string): Promise<string> {
    const url = `http://${REGISTRY}/v2/${pathOf(name)}/manifests/1`;
    return (await fetch(url, { headers: { accept: MANIFESTS } })).text();
  }

  /** Mounts what a manifest needs into another repository, and puts it there. */
  async function copyBlobs(from: string, to: string): Promise<void> {
    const text = await manifestOf(from);
    const { config, layers, mediaType } = JSON.parse(text);
    for (const { digest } of [config, ...layers]) {
      const query = `mount=${digest}&from=${pathOf(from)}`;
      await fetch(`http://${REGISTRY}/v2/${pathOf(to)}/blobs/uploads/?${query}`, {
        method: 'POST',
      });
    }
    await put(
      to,
      (await inRegistry(from)).digest ?? '',
      mediaType ?? (await inRegistry(from)).type,
      text,
    );
  }

  async function putIndex(name: string, manifests: readonly object[]): Promise<void> {
    await put(name, '1', INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  }

  async function put(name: string, reference: string, type: string, body: string): Promise<void> {
    const url = `http://${REGISTRY}/v2/${pathOf(name)}/manifests/${reference}`;
    const { status } = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body });
    expect(status).toBe(201);
  }

  it.runIf(canAsk)('has what was pulled by digest, for good', async () => {
    const { digest } = await inRegistry('digest');
    const name = `${repository('digest')}@${digest}`;
    await docker('rmi', `${repository('digest')}:1`).catch(() => {});
    await docker('pull', '-q', name);
    const { registry, codes } = await check(name);
    expect({ registry, codes }).toEqual({ registry: { descriptor: { digest } }, codes: [] });
  });

  it.runIf(canAsk)('has nothing of what was never pushed', async () => {
    await docker('tag', 'live/a:1', `${repository('never')}:1`);
    const { updateCheck, registry, codes } = await check(`${repository('never')}:1`);
    expect({ codes, registry }).toEqual({ codes: [], registry: null });
    expect(updateCheck).toMatchObject({ status: 'NOT_IN_REGISTRY', registryDigest: null });
  });

  it.runIf(canAsk)(
    'has no local digest of what was named here after somebody pushed it',
    async () => {
      if (subject.store !== 'GRAPH_DRIVER') return;
      await push('b', 'foreign');
      await docker('rmi', `${repository('foreign')}:1`);
      await importImage(subject, 'live/c', 'registry c');
      await docker('tag', 'live/c:1', `${repository('foreign')}:1`);
      const { updateCheck } = await check(`${repository('foreign')}:1`);
      expect(updateCheck).toMatchObject({ status: 'NO_LOCAL_DIGEST', localDigests: [] });
    },
  );

  it.runIf(canAsk)('costs its own fields when it is down', async () => {
    await docker('tag', 'live/a:1', `${repository('down', NOBODY)}:1`);
    const { updateCheck, registry, allCodes } = await check(`${repository('down', NOBODY)}:1`);
    expect({ updateCheck, registry }).toEqual({ updateCheck: null, registry: null });
    expect(allCodes).toContain('REGISTRY_UNAVAILABLE');
  });

  it('is never asked unless it is allowed', async () => {
    const name = `${repository('same')}:1`;
    const closed = open([door.host]);
    const { allCodes } = await check(name, closed);
    expect(allCodes).toEqual(new Set(['REGISTRY_NOT_ALLOWED']));
    closed.close();
  });

  it.runIf(canAsk)(
    'wants credentials, and gets those of the Docker config file alone',
    async () => {
      const local = repository('same', door.host);
      await docker('tag', `${repository('same')}:1`, `${local}:1`);
      door.manner = 'password';
      const without = open([door.host]);
      const refused = await check(`${local}:1`, without);
      expect(refused.updateCheck).toBeNull();
      expect(refused.allCodes).toContain('REGISTRY_UNAUTHORIZED');
      const auth = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64');
      writeFileSync(config, JSON.stringify({ auths: { [door.host]: { auth } } }));
      const withThem = open([door.host]);
      const { codes, updateCheck } = await check(`${local}:1`, withThem);
      expect(codes).toEqual([]);
      expect(updateCheck.registryDigest).toBe((await inRegistry('same')).digest);
      rmSync(config);
      door.manner = 'open';
    },
  );

  it.runIf(canAsk)('is left alone after it has said that it is asked too often', async () => {
    const name = `${repository('same', door.host)}:1`;
    door.manner = 'limited';
    const limited = open([door.host]);
    const query = `{ image(reference: "${name}") { repoTags { reference registry { descriptor { digest } } } } }`;
    const failed = (answer: any) =>
      answer.errors.find(({ extensions }: any) => extensions.code !== 'REGISTRY_NOT_ALLOWED')
        .extensions;
    const first = failed(await limited.ask(query));
    expect(first).toMatchObject({ code: 'REGISTRY_RATE_LIMITED', retryable: true });
    expect(first['retryAfterMs']).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000 - 1_000);
    const asked = door.asked();
    expect(failed(await limited.ask(query)).code).toBe('REGISTRY_RATE_LIMITED');
    expect(door.asked()).toBe(asked);
    door.manner = 'open';
    limited.close();
  });
});
