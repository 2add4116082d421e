import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { idOf, startStandInEngine } from '../support/stand-in-engine.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { type Program, start } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-main-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open: { close(): Promise<void> }[] = [];
let program: Program | null = null;
afterEach(async () => {
  await program?.stop();
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});

async function standIn(number: number): Promise<HttpEngine> {
  const engine = await startStandInEngine({ images: [{ Id: idOf(number) }] });
  open.push(engine);
  return engine;
}

/** A socket file without a listener: what an engine that died leaves behind. */
async function deadSocket(path: string): Promise<void> {
  const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const { spawn } = await import('node:child_process');
  await once(spawn(process.execPath, ['-e', code]), 'exit');
}

const IMAGES = '{ engines { name status } images { nodes { imageId } } }';

describe('which engines the program serves', () => {
  it('the sample on a machine without any, and it says so', async () => {
    program = await start({ env: { HOME: folder } });
    const { data } = await program.ask('{ engines { name kind } images { totalCount } }');
    expect(data).toEqual({
      engines: [{ name: 'sample', kind: 'EMBEDDED' }],
      images: { totalCount: 6 },
    });
    expect(program.stderr()).toContain('these are the bundled sample images');
  });

  it('no sample when an engine is named that is down', async () => {
    program = await start({
      args: ['--engine', `mine=unix://${folder}/none.sock`],
      env: { HOME: folder },
    });
    const { data, errors } = await program.ask(IMAGES);
    expect(data).toEqual({ engines: [{ name: 'mine', status: 'UNAVAILABLE' }], images: null });
    expect(errors[0].extensions).toMatchObject({ code: 'ENGINE_UNAVAILABLE', engine: 'mine' });
  });

  it('no sample when DOCKER_HOST names one that is down', async () => {
    program = await start({ env: { HOME: folder, DOCKER_HOST: `unix://${folder}/none.sock` } });
    const { data } = await program.ask('{ engines { status } }');
    expect(data.engines).toEqual([{ status: 'UNAVAILABLE' }]);
  });

  it('no sample when a default socket has no listener', async () => {
    await deadSocket(join(folder, 'docker.sock'));
    program = await start({ env: { HOME: folder, XDG_RUNTIME_DIR: folder } });
    const { data } = await program.ask('{ engines { kind status } }');
    expect(data.engines).toEqual([{ kind: null, status: 'UNAVAILABLE' }]);
    rmSync(join(folder, 'docker.sock'));
  });

  it('an engine that comes up later, without being told', async () => {
    const socket = join(folder, 'late.sock');
    program = await start({ args: ['--engine', `unix://${socket}`] });
    expect((await program.ask('{ engines { status } }')).data.engines).toEqual([
      { status: 'UNAVAILABLE' },
    ]);
    const engine = await standIn(7);
    const relay = net.createServer((incoming) => {
      const outgoing = engine.dial();
      incoming.pipe(outgoing).pipe(incoming);
      for (const one of [incoming, outgoing]) one.on('error', () => incoming.destroy());
    });
    relay.listen(socket);
    open.push({ close: async () => void relay.close() });
    await expect
      .poll(async () => (await program?.ask(IMAGES))?.data.images?.nodes, { timeout: 10_000 })
      .toEqual([{ imageId: idOf(7) }]);
  });

  it('each its own, whatever the environment says of another', async () => {
    const [one, other, hostile] = [await standIn(1), await standIn(2), await standIn(3)];
    writeFileSync(join(folder, 'ca.pem'), 'not a certificate');
    program = await start({
      args: [
        '--engine',
        `one=unix://${one.socketPath}`,
        '--engine',
        `other=unix://${other.socketPath}`,
      ],
      env: {
        HOME: folder,
        DOCKER_HOST: `unix://${hostile.socketPath}`,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: folder,
        DOCKER_CONTEXT: 'elsewhere',
        DOCKER_API_VERSION: '1.24',
        DOCKER_CLIENT_TIMEOUT: '1',
        HTTP_PROXY: 'http://127.0.0.1:9',
      },
    });
    const { data } = await program.ask('{ images { nodes { imageId engine { name } } } }');
    expect(data.images.nodes).toEqual(
      expect.arrayContaining([
        { imageId: idOf(1), engine: { name: 'one' } },
        { imageId: idOf(2), engine: { name: 'other' } },
      ]),
    );
    expect(hostile.calls).toEqual([]);
    const lists = ({ calls }: HttpEngine) => calls.filter((call) => call.includes('/images/json'));
    expect([lists(one), lists(other)].map(({ length }) => length)).toEqual([1, 1]);
    expect(lists(one)[0]).toContain('/v1.51/');
  });
});
