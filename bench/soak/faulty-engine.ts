import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type HttpEngine, sendJson, startHttpEngine } from '../../test/support/http-engine.ts';
import { containerdStore, idOf } from '../../test/support/stand-in-engine.ts';

const IMAGES = 100;
const EVENT_MS = 500;
/** The part of requests that get no proper answer while it misbehaves. */
const FAULTY = 0.3;

/** An engine of a hundred images that are renamed all the time, which can be told to misbehave. */
export interface FaultyEngine {
  readonly url: string;
  misbehave(on: boolean): void;
  close(): Promise<void>;
}

const { images, containers = [], info } = containerdStore(IMAGES);
const VERSION = { ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/** What goes wrong with one request: a bad status, a body that is none, half an answer, or no end of it. */
const FAULTS: readonly RequestListener[] = [
  (_, response) => sendJson(response, { message: '/var/lib/docker: broken' }, 500),
  (_, response) => sendJson(response, {}, 503),
  (_, response) => sendJson(response, { message: 'no such image' }, 404),
  (_, response) => void response.writeHead(403).end('<html>no</html>'),
  (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  (_, response) => sendJson(response, null),
  (_, response) => void response.end('<html>'),
  ({ socket }) => void socket.end(`${HEAD}Content-Length: 99\r\n\r\n[{"Id"`),
  ({ socket }) => void socket.end('SSH-2.0-OpenSSH\r\n'),
  ({ socket }) => void socket.destroy(),
  (_, response) => void response.write('[{"Id":'),
  // No answer at all.
  () => {},
  endless,
];

export async function startFaultyEngine(): Promise<FaultyEngine> {
  let misbehaves = false;
  const engine: HttpEngine = await startHttpEngine((request, response) => {
    engine.calls.length = 0;
    const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)] as RequestListener;
    if (misbehaves && Math.random() < FAULTY) fault(request, response);
    else answer(request, response);
  });
  return {
    url: `unix://${engine.socketPath}`,
    misbehave: (on) => void (misbehaves = on),
    close: engine.close,
  };
}

function answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(url, 'http://engine');
  const path = pathname.replace(/^\/v1\.\d+/, '');
  if (path === '/_ping') return void response.end('OK');
  if (path === '/version') return sendJson(response, VERSION);
  if (path === '/info') return sendJson(response, info);
  if (path === '/images/json') return sendJson(response, images);
  if (path === '/containers/json') return sendJson(response, containers);
  if (path === '/events') return tellEvents(response);
  const one = images.find(({ Id, RepoTags }) =>
    [Id, ...(RepoTags ?? [])].some((name) => path.includes(name)),
  );
  if (one === undefined) return sendJson(response, { message: 'no such image' }, 404);
  if (path.endsWith('/history')) return sendJson(response, [{ Id: one.Id, CreatedBy: 'RUN x' }]);
  return sendJson(response, { ...one, Config: { Env: ['A=b'] }, RootFS: { Layers: [idOf(7)] } });
}

function tellEvents(response: ServerResponse): void {
  response.flushHeaders();
  const timer = setInterval(() => response.write(`${JSON.stringify(event())}\n`), EVENT_MS);
  response.on('close', () => clearInterval(timer));
}

function event(): object {
  const number = 1 + Math.floor(Math.random() * IMAGES);
  const Attributes = { name: `demo/app-${number}:1` };
  const now = Date.now();
  return {
    Type: 'image',
    Action: 'tag',
    Actor: { ID: idOf(number), Attributes },
    time: Math.floor(now / 1_000),
    timeNano: now * 1_000_000,
  };
}

/** Bytes that make no row, for as long as somebody reads. */
function endless(_: IncomingMessage, response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  };
  response.on('drain', more);
  response.write('[');
  more();
}
