import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';

const ORIGIN = 'https://platform.example.com';
let gateway: HttpGateway;
beforeAll(async () => {
  gateway = await startHttpGateway({ server: { allowOrigins: [ORIGIN], token: 'x'.repeat(32) } });
});
afterAll(() => gateway.close());

const send = (method: string, headers: Record<string, string>, body?: string) =>
  fetch(gateway.url, { method, headers, ...(body === undefined ? {} : { body }) });

describe('a page of an allowed origin', () => {
  it('is told what it may send, without a token', async () => {
    const response = await send('OPTIONS', {
      Origin: ORIGIN,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type, authorization',
    });
    expect(response.status).toBe(204);
    const { headers } = response;
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    expect(headers.get('access-control-allow-headers')).toContain('authorization, content-type');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toBe('Origin');
  });

  it.each([
    ['with the token', { authorization: `Bearer ${'x'.repeat(32)}` }, 200],
    ['without it, and learns why', {}, 401],
  ])('may read its answers %s', async (_, more, status) => {
    const response = await send(
      'POST',
      {
        Origin: ORIGIN,
        'content-type': 'application/json',
        'sec-fetch-site': 'cross-site',
        ...more,
      },
      '{"query":"{ __typename }"}',
    );
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('a page of another origin', () => {
  it.each([
    'http://platform.example.com',
    'https://platform.example.com.evil.example',
    'https://platform.example.com:8443',
    'null',
    '*',
  ])('gets nothing that it could read: %s', async (origin) => {
    for (const method of ['OPTIONS', 'POST']) {
      const response = await send(method, {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'content-type': 'application/json',
      });
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(gateway.calls).toEqual([]);
  });
});
