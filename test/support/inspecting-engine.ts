import { type HttpEngine, sendJson, startHttpEngine } from './http-engine.ts';
import { idOf } from './stand-in-engine.ts';

/** An engine over images with layers, that counts how many of them it inspects at once. */
export interface InspectingEngine extends HttpEngine {
  /** Images that are answered with a status of their own, by their number. */
  readonly broken: Map<number, number>;
  readonly store: { images: number; busiest: number };
}

/** Images 1 to n of a graph driver: each fifth is a base, the four after it are built on it, one layer each. */
export async function startInspectingEngine(images: number): Promise<InspectingEngine> {
  const broken = new Map<number, number>();
  const store = { images, busiest: 0 };
  let busy = 0;
  const http = await startHttpEngine((request, response) => {
    const path = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v1\.\d+/, '');
    const [, id = '', verb] = /^\/images\/(sha256:[0-9a-f]+)\/(json|history)$/.exec(path) ?? [];
    if (path === '/_ping') return void response.end('OK');
    if (path === '/info') return sendJson(response, { Images: store.images });
    if (path === '/images/json') return sendJson(response, numbersOf(store.images).map(listed));
    if (path === '/containers/json') return sendJson(response, []);
    if (verb === undefined) {
      const known = { ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' };
      return sendJson(response, known, path === '/version' ? 200 : 404);
    }
    const number = Number.parseInt(id.slice('sha256:'.length), 16);
    store.busiest = Math.max(store.busiest, ++busy);
    const status = broken.get(number) ?? 200;
    setTimeout(() => {
      busy--;
      const answer = verb === 'json' ? inspected(number) : history(number);
      sendJson(response, status === 200 ? answer : { message: 'a secret of the host' }, status);
    }, 1);
  });
  return Object.assign(http, { broken, store });
}

function numbersOf(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

function listed(number: number): object {
  return {
    Id: idOf(number),
    ParentId: '',
    RepoTags: [`demo/app-${number}:1`],
    RepoDigests: [],
    Created: 1_700_000_000 + number,
    Size: 1,
    Labels: {},
  };
}

/** Those of the base that it is built on, and its own. */
function layersOf(number: number): string[] {
  const base = number - (number % 5);
  return numbersOf(number - base + 1).map((at) => idOf(1_000_000 + base + at - 1));
}

function inspected(number: number): object {
  return {
    Id: idOf(number),
    RepoTags: [`demo/app-${number}:1`],
    RepoDigests: [],
    Os: 'linux',
    Architecture: 'amd64',
    Config: { Env: [`NUMBER=${number}`], Cmd: ['/app'] },
    RootFS: { Type: 'layers', Layers: layersOf(number) },
    Metadata: { LastTagTime: '2024-01-02T03:04:05.6Z' },
  };
}

function history(number: number): object[] {
  return layersOf(number).map((_, at) => ({
    Id: '<missing>',
    Created: 1_700_000_000,
    CreatedBy: `COPY ${at} /`,
    Size: 10 + at,
    Comment: '',
    Tags: null,
  }));
}
