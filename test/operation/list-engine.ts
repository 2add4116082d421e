import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';

/** An engine without images whose list comes late, never (null), or fails. */
export function startListEngine({
  listMs = 0,
  status = 200,
  text = 'engine text',
}: {
  listMs?: number | null;
  status?: number;
  text?: string;
}): Promise<HttpEngine> {
  return startHttpEngine((request, response) => {
    const path = request.url?.replace(/^\/v1\.\d+/, '') ?? '';
    if (path === '/_ping') return void response.end('OK');
    if (path === '/info') return sendJson(response, {});
    if (path === '/version') {
      return sendJson(response, { ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'l', Arch: 'a' });
    }
    if (!path.startsWith('/images/json')) return sendJson(response, { message: 'not found' }, 404);
    const body = status === 200 ? [] : { message: text };
    if (listMs !== null) setTimeout(() => sendJson(response, body, status), listMs);
  });
}
