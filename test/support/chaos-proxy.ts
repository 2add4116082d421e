import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a network does to what an engine says, by the names of toxiproxy; all times in milliseconds.
 * `timeout` keeps everything back and ends the connection then; `down` takes no connection at all.
 */
export type Toxic =
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | { readonly kind: 'slow_close'; readonly ms: number }
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'reset_peer'; readonly ms: number }
  | { readonly kind: 'slicer'; readonly bytes: number; readonly ms: number }
  | { readonly kind: 'limit_data'; readonly bytes: number }
  | { readonly kind: 'down' };

/** A wire to an engine that can be spoilt while it is in use. */
export interface ChaosProxy {
  /** unix://… or tcp://… */
  readonly url: string;
  dial(): net.Socket;
  /** From now on, for connections that are there as for new ones; null ends it. */
  inflict(toxic: Toxic | null): void;
  close(): Promise<void>;
}

export interface ChaosProxyOptions {
  /** unix://… or tcp://HOST:PORT */
  readonly engine: string;
  /** Listens on a port of 127.0.0.1 instead of a socket. */
  readonly tcp?: boolean;
  /** Told of what goes to the engine, byte for byte. */
  readonly onSent?: (bytes: Buffer) => void;
}

const SLICES_PER_SECOND = 10;

export async function startChaosProxy(options: ChaosProxyOptions): Promise<ChaosProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'imagegraph-chaos-'));
  const path = join(folder, 'engine.sock');
  const clients = new Set<net.Socket>();
  let toxic: Toxic | null = null;
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
    clients.add(client);
    if (toxic?.kind === 'down') client.destroy();
    else connect(client, options, () => toxic);
  });
  await new Promise<void>((resolve) => {
    if (options.tcp === true) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  return {
    url: options.tcp === true ? `tcp://127.0.0.1:${port}` : `unix://${path}`,
    dial: () => (options.tcp === true ? net.connect(port, '127.0.0.1') : net.connect(path)),
    inflict(next) {
      toxic = next;
      const isCut = next?.kind === 'down' || next?.kind === 'reset_peer';
      if (isCut) for (const client of clients) reset(client);
    },
    async close() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function connect(
  client: net.Socket,
  { engine: url, onSent }: ChaosProxyOptions,
  toxic: () => Toxic | null,
): void {
  const { hostname, port, pathname } = new URL(url);
  const engine = url.startsWith('unix:')
    ? net.connect(pathname)
    : net.connect(Number(port), hostname);
  engine.on('error', () => client.destroy());
  client.on('close', () => engine.destroy());
  if (onSent !== undefined) client.on('data', onSent);
  client.pipe(engine);
  // The engine may have gone with an error, and so may the client: both are closed by then.
  carry(engine, client, toxic).catch(() => client.destroy());
}

/** What the engine says, to the end of the connection. */
async function carry(engine: net.Socket, client: net.Socket, toxic: () => Toxic | null) {
  let carried = 0;
  for await (const bytes of engine as AsyncIterable<Buffer>) {
    const now = toxic();
    await pass(bytes, client, now, carried);
    carried += bytes.length;
  }
  const now = toxic();
  if (now?.kind === 'slow_close') await delay(now.ms);
  client.end();
}

async function pass(bytes: Buffer, client: net.Socket, toxic: Toxic | null, carried: number) {
  switch (toxic?.kind) {
    case 'latency':
      await delay(toxic.ms + Math.random() * toxic.jitterMs);
      return write(bytes, client);
    case 'bandwidth': {
      const size = Math.ceil(toxic.bytesPerSecond / SLICES_PER_SECOND);
      return slice(bytes, client, size, 1_000 / SLICES_PER_SECOND);
    }
    case 'slicer':
      return slice(bytes, client, toxic.bytes, toxic.ms);
    case 'limit_data':
      await write(bytes.subarray(0, Math.max(0, toxic.bytes - carried)), client);
      if (carried + bytes.length >= toxic.bytes) client.destroy();
      return;
    case 'timeout':
    case 'reset_peer':
      await delay(toxic.ms);
      return reset(client);
    default:
      return write(bytes, client);
  }
}

async function slice(bytes: Buffer, client: net.Socket, size: number, ms: number): Promise<void> {
  for (let at = 0; at < bytes.length && !client.destroyed; at += size) {
    await write(bytes.subarray(at, at + size), client);
    await delay(ms);
  }
}

function write(bytes: Buffer, client: net.Socket): Promise<void> {
  return new Promise((resolve) => client.write(bytes, () => resolve()));
}

/** Only TCP can be reset; a socket of the file system just ends. */
function reset(client: net.Socket): void {
  if (client.remoteAddress === undefined) client.destroy();
  else client.resetAndDestroy();
}
