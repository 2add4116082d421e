import http, { type RequestListener } from 'node:http';
import net from 'node:net';
import { sendJson } from '../support/http-engine.ts';
import { containerdStore, idOf, standInAnswers } from '../support/stand-in-engine.ts';

/** What a call meets in place of its answer, or before it: `sound` answers as a sound engine does. */
export type Fault = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  sound: () => void,
) => void;

/** Calls that tell of images. */
export const DATA = /^\/(images|containers|distribution|system)\//;
export const LISTS = /^\/images\/json/;
export const INSPECTS = /^\/images\/.+\/(json|history)/;
export const EVERYTHING = /^\//;

/** An engine on loopback that fails as a test says, in the calls that it says. */
export interface FaultEngine {
  /** As --engine takes it. */
  readonly url: string;
  dial(): net.Socket;
  /** From now on; null answers as a sound engine does. */
  fail(fault: Fault | null, calls?: RegExp): void;
  /** Requests so far, without the prefix of the version; pings left out. */
  readonly calls: string[];
  /** How many calls that match were under way at once at most. */
  busiest(calls: RegExp): number;
  /** How many calls that match are under way. */
  underWay(calls: RegExp): number;
  /** Ends all connections and stops to listen, as an engine that is stopped. */
  stop(): Promise<void>;
  /** Listens again, at the same address. */
  start(): Promise<void>;
}

/** @param images how many it has; inspect, history, df, distribution and events are answered, too */
export async function startFaultEngine(images = 3): Promise<FaultEngine> {
  const answers = soundAnswers(containerdStore(images));
  const calls: string[] = [];
  const underWay = new Map<string, number>();
  const busiest = new Map<string, number>();
  let fault: Fault | null = null;
  let failing = EVERYTHING;
  let server = http.createServer();
  let port = 0;

  const listener: RequestListener = (request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '');
    if (path !== '/_ping') calls.push(path);
    const kind = kindOf(path);
    const now = (underWay.get(kind) ?? 0) + 1;
    underWay.set(kind, now);
    busiest.set(kind, Math.max(now, busiest.get(kind) ?? 0));
    response.once('close', () => underWay.set(kind, (underWay.get(kind) ?? 1) - 1));
    const answer = () => answers(request, response);
    if (fault !== null && failing.test(path)) return fault(request, response, answer);
    return answer();
  };
  const sum = (counts: ReadonlyMap<string, number>, pattern: RegExp) =>
    [...counts].reduce((total, [kind, count]) => total + (pattern.test(kind) ? count : 0), 0);

  const engine: FaultEngine = {
    get url() {
      return `tcp://127.0.0.1:${port}`;
    },
    calls,
    dial: () => net.connect(port, '127.0.0.1'),
    fail(next, matching = DATA) {
      fault = next;
      failing = matching;
    },
    busiest: (pattern) => sum(busiest, pattern),
    underWay: (pattern) => sum(underWay, pattern),
    async start() {
      server = http.createServer(listener);
      // Engines are patient with connections that nobody uses.
      server.keepAliveTimeout = 0;
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      port = (server.address() as net.AddressInfo).port;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await engine.start();
  return engine;
}

/** Calls of one kind are counted together. */
function kindOf(path: string): string {
  const [endpoint = ''] = path.split('?');
  return endpoint.replace(/^\/images\/.+\/(json|history)$/, '/images/x/$1');
}

function soundAnswers(content: ReturnType<typeof containerdStore>): RequestListener {
  const answers = standInAnswers(content);
  return (request, response) => {
    const path = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v1\.\d+/, '');
    const [, id, verb] = /^\/images\/(.+)\/(json|history)$/.exec(path) ?? [];
    if (verb === 'history') return sendJson(response, [HISTORY]);
    if (verb === 'json') {
      const image = content.images.find(({ Id }) => Id === id);
      return image === undefined
        ? sendJson(response, { message: 'No such image' }, 404)
        : sendJson(response, { ...image, ...INSPECTED });
    }
    if (path === '/system/df') return sendJson(response, { LayersSize: 1, Images: [] });
    if (path.startsWith('/distribution/')) return sendJson(response, DISTRIBUTION);
    // As an engine on which nothing happens.
    if (path === '/events') return response.writeHead(200).flushHeaders();
    return answers(request, response);
  };
}

const HISTORY = { Id: '<missing>', Created: 1, CreatedBy: 'COPY . /', Size: 1, Comment: '' };
const INSPECTED = {
  Os: 'linux',
  Architecture: 'amd64',
  Config: { User: 'app' },
  RootFS: { Type: 'layers', Layers: [idOf(1_000)] },
};
const DISTRIBUTION = {
  Descriptor: { mediaType: 'application/vnd.oci.image.index.v1+json', digest: idOf(9), size: 1 },
  Platforms: [{ os: 'linux', architecture: 'amd64' }],
};
