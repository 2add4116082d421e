import { readFileSync } from 'node:fs';
import { type HttpEngine, sendJson, startHttpEngine } from './http-engine.ts';

type Answers = Readonly<Record<string, unknown>>;

/** One recorded answer of a real engine (test/engines/record.ts). */
export function recorded(engine: string, file: string): unknown {
  const url = new URL(`../fixtures/${engine}/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** A real engine's recorded answers over HTTP; changes replace some of them, by the name of their file. */
export function startReplayEngine(engine: string, changes: Answers = {}): Promise<HttpEngine> {
  const answer = (file: string) => changes[file] ?? recorded(engine, file);
  return startHttpEngine((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    const path = url.pathname.replace(/^\/v1\.\d+/, '');
    if (path === '/_ping') return void response.end('OK');
    if (path === '/version' || path === '/info') return sendJson(response, answer(path.slice(1)));
    if (path === '/containers/json') return sendJson(response, answer('containers'));
    if (path === '/system/df') return sendJson(response, answer('system-df'));
    if (path === '/images/json') {
      const shared = url.searchParams.has('shared-size');
      return sendJson(response, answer(shared ? 'images-shared-size' : 'images'));
    }
    return sendJson(response, { message: 'page not found' }, 404);
  });
}
