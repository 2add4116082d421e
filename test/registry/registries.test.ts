import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError, type EngineErrorCode } from '../../src/engine/engine-error.ts';
import type { Engine, RegistryManifest } from '../../src/engine/engine.ts';
import { type ParsedName, parseEngineTag } from '../../src/engine/reference.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { idOf } from '../support/stand-in-engine.ts';

const SIGNAL = new AbortController().signal;
const named = (text: string) => parseEngineTag(text) as ParsedName;
const FOUND: RegistryManifest = {
  descriptor: {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: idOf(1),
    size: 3,
    platform: null,
    annotations: [],
    artifactType: null,
  },
  platforms: null,
};

/** An engine before registries that answer as a test says. */
function createAsked(name = 'e') {
  const asked: string[] = [];
  const shown: (string | null)[] = [];
  const state = { busy: 0, busiest: 0, fails: null as EngineErrorCode | null, nothing: false };
  const engine = {
    name,
    async askRegistry(reference: string, credentials: string | null) {
      asked.push(reference);
      shown.push(credentials);
      state.busiest = Math.max(state.busiest, ++state.busy);
      await sleep(5);
      state.busy--;
      if (state.fails !== null) throw new EngineError(state.fails, name, 'as told');
      return state.nothing ? null : FOUND;
    },
  } as Partial<Engine> as Engine;
  return { engine, asked, shown, state };
}

function open(allowed: readonly string[] = ['docker.io', 'ghcr.io']) {
  const find = (registry: string) => Promise.resolve(registry === 'ghcr.io' ? 'shown' : null);
  return createRegistries({ allowed, credentials: { find } });
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

describe('a registry', () => {
  it.each([
    '127.0.0.1:5000/x',
    'localhost/x',
    '[::1]:1/x',
    '169.254.169.254/x',
    '10.0.0.1/x',
    '0x7f.1/x',
    'evil.example/x',
    'ghcr.io:443/x',
    'ghcr.io.evil.example/x',
  ])('that is not allowed is not asked: %s', async (text) => {
    const { engine, asked } = createAsked();
    const error = await open()
      .ask(engine, named(text), SIGNAL)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'REGISTRY_NOT_ALLOWED' });
    expect(asked).toEqual([]);
  });

  it('is asked by its canonical name, with the credentials for it', async () => {
    const { engine, asked, shown } = createAsked();
    const registries = open();
    for (const text of ['alpine', 'GHCR.io/a/b:2', `ghcr.io/a/b:2@${idOf(2)}`]) {
      await registries.ask(engine, named(text), SIGNAL);
    }
    expect(asked).toEqual([
      'docker.io/library/alpine:latest',
      'ghcr.io/a/b:2',
      `ghcr.io/a/b@${idOf(2)}`,
    ]);
    expect(shown).toEqual([null, 'shown', 'shown']);
  });

  it('is asked once a minute for a tag, and once for a digest', async () => {
    const { engine, asked } = createAsked();
    const registries = open();
    const ask = () =>
      Promise.all(
        ['a', 'a:latest', `a@${idOf(3)}`].map((text) =>
          registries.ask(engine, named(text), SIGNAL),
        ),
      );
    const [first] = await ask();
    vi.advanceTimersByTime(59_000);
    const [again] = await ask();
    expect(again).toEqual(first);
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(2_000);
    await ask();
    expect(asked).toHaveLength(3);
  });

  it('is asked again after a minute for a digest that it did not have', async () => {
    const { engine, asked, state } = createAsked();
    const registries = open();
    state.nothing = true;
    expect(await registries.ask(engine, named(`a@${idOf(3)}`), SIGNAL)).toMatchObject({
      manifest: null,
    });
    vi.advanceTimersByTime(61_000);
    await registries.ask(engine, named(`a@${idOf(3)}`), SIGNAL);
    expect(asked).toHaveLength(2);
  });

  it('is asked four things at a time, and each of them once', async () => {
    const { engine, asked, state } = createAsked();
    const registries = open();
    const names = Array.from({ length: 40 }, (_, at) => named(`a:${at % 20}`));
    await Promise.all(names.map((name) => registries.ask(engine, name, SIGNAL)));
    expect(asked).toHaveLength(20);
    expect(state.busiest).toBe(4);
  });

  it.each<[EngineErrorCode, number]>([
    ['REGISTRY_RATE_LIMITED', 60_000],
    ['REGISTRY_TIMEOUT', 10_000],
    ['REGISTRY_UNAVAILABLE', 10_000],
  ])('is left alone after %s for %i ms', async (code, ms) => {
    const { engine, asked, state } = createAsked();
    const registries = open();
    state.fails = code;
    const ask = (tag: string) =>
      registries.ask(engine, named(`a:${tag}`), SIGNAL).catch((cause: unknown) => cause);
    expect(await ask('1')).toMatchObject({ code, retryAfterMs: ms });
    vi.advanceTimersByTime(ms - 1_000);
    expect(await ask('2')).toMatchObject({ code, retryAfterMs: 1_000 });
    expect(asked).toHaveLength(1);
    state.fails = null;
    vi.advanceTimersByTime(1_001);
    expect(await ask('2')).toMatchObject({ manifest: FOUND });
  });

  it('that one engine cannot reach is asked through another, and one that is asked too often is not', async () => {
    const one = createAsked('one');
    const two = createAsked('two');
    const registries = open();
    const ask = (engine: Engine, text: string) =>
      registries.ask(engine, named(text), SIGNAL).catch((cause: unknown) => cause);
    one.state.fails = 'REGISTRY_UNAVAILABLE';
    await ask(one.engine, 'a');
    expect(await ask(two.engine, 'a')).toMatchObject({ manifest: FOUND });
    two.state.fails = 'REGISTRY_RATE_LIMITED';
    await ask(two.engine, 'ghcr.io/a/b');
    one.state.fails = null;
    expect(await ask(one.engine, 'ghcr.io/a/b')).toMatchObject({ code: 'REGISTRY_RATE_LIMITED' });
  });

  it('that refuses one name is asked for the next', async () => {
    const { engine, asked, state } = createAsked();
    const registries = open();
    state.fails = 'REGISTRY_UNAUTHORIZED';
    for (const tag of ['1', '2']) {
      const error = await registries
        .ask(engine, named(`a:${tag}`), SIGNAL)
        .catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    }
    expect(asked).toHaveLength(2);
  });

  it('is waited for no longer than the operation lasts, and its answer is kept', async () => {
    const { engine, asked } = createAsked();
    const registries = open();
    const late = new DOMException('out of time', 'TimeoutError');
    const error = await registries
      .ask(engine, named('a'), AbortSignal.abort(late))
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'REGISTRY_TIMEOUT' });
    expect(await registries.ask(engine, named('a'), SIGNAL)).toMatchObject({ manifest: FOUND });
    expect(asked).toHaveLength(1);
  });
});
