import Docker from 'dockerode';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findRealEngines } from '../engines/real-engines.ts';
import { type Program, start } from '../main/program.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { foreign } from '../wall/allowed-requests.ts';
import { BAD_REFERENCES, hostileString, SEED } from '../wall/hostile-strings.ts';
import { describeEach } from './each-engine.ts';

const RANDOM = 3_000;
const AT_ONCE = 10;
/** The only registry of the tests: the engine may be made to ask it, and no other. */
const REGISTRY = '127.0.0.1:5000';

const TRAVERSALS = [
  '..',
  '../containers',
  '../containers/json',
  '../info',
  '../../v1.41/containers',
  '%2e%2e/containers',
];
const dressed = (text: string) => [text, `${REGISTRY}/${text}`, `a/${text}`, `sha256:${text}`];

/** The oldest engine, and over TCP, where clients resolve dot segments before they send a path. */
const docker20 = (await findRealEngines()).filter(({ name }) => name === 'docker-20');

describeEach(docker20, 'the wall before $name over TCP', ({ url }) => {
  const heads: string[] = [];
  let proxy: ChaosProxy;
  let program: Program;

  beforeAll(async () => {
    const onSent = (bytes: Buffer): void => {
      heads.push(...bytes.toString('latin1').split('\r\n\r\n').slice(0, -1));
    };
    proxy = await startChaosProxy({ engine: url, tcp: true, onSent });
    const args = [
      '--engine',
      `e=${proxy.url}`,
      '--index',
      'off',
      '--federation',
      '--registry',
      REGISTRY,
    ];
    program = await start({ args });
  });
  afterAll(async () => {
    await program.stop();
    await proxy.close();
  });

  it('I1 is needed: a name leads dockerode alone to another endpoint', async () => {
    const { port } = new URL(proxy.url);
    heads.length = 0;
    const alone = new Docker({ host: '127.0.0.1', port });
    expect(await alone.getImage('../containers').inspect()).toBeInstanceOf(Array);
    expect(foreign(heads)).toHaveLength(1);
    expect(heads[0]).toMatch(/^GET \/containers\/json /);
  });

  it(
    'B70-B95 I1 lets none of them through, nor 3,000 random strings',
    { timeout: 120_000 },
    async () => {
      heads.length = 0;
      const known = [...BAD_REFERENCES, ...TRAVERSALS];
      const random = fc.sample(hostileString, { seed: SEED, numRuns: RANDOM });
      const all = [
        ...known.flatMap(dressed),
        ...random,
        ...random.map((text) => `${REGISTRY}/${text}`),
      ];
      for (let at = 0; at < all.length; at += AT_ONCE) await askForAll(all.slice(at, at + AT_ONCE));
      expect(foreign(heads), `IMAGEGRAPH_WALL_SEED=${SEED}`).toEqual([]);
      expect(heads.some((head) => head.includes(`/distribution/${REGISTRY}/`))).toBe(true);
      expect([program.child.exitCode, program.child.signalCode]).toEqual([null, null]);
    },
  );

  /** As names of images, and by a router's question what a registry has under them. */
  async function askForAll(texts: readonly string[]): Promise<void> {
    const asEntities = texts.map((reference) => ({ __typename: 'ImageName', reference }));
    const asIds = texts.map((text) =>
      Buffer.from(`ImageSummary:e:${text}`, 'latin1').toString('base64url'),
    );
    const answers = await Promise.all([
      ...texts.map((reference) =>
        ask('query($v: ImageReference!) { image(reference: $v) { comment } }', reference),
      ),
      ask(
        'query($v: [_Any!]!) { _entities(representations: $v) { ... on ImageName { registry { descriptor { digest } } } } }',
        asEntities,
      ),
      ask('query($v: [ID!]!) { nodes(ids: $v) { id ... on ImageSummary { comment } } }', asIds),
    ]);
    for (const { status, errors = [] } of answers) {
      expect(status).toBeLessThan(500);
      const codes = errors.map(({ extensions }) => extensions.code);
      expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
      expect(codes).not.toContain('GRAPHQL_VALIDATION_FAILED');
    }
  }

  async function ask(query: string, v: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables: { v } });
    const response = await fetch(program.url, { method: 'POST', headers, body });
    return { status: response.status, ...((await response.json()) as object) };
  }
});

interface Answer {
  readonly status: number;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}
