import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { hostsOf, refusalOf } from '../../src/server/refusal.ts';

/** Whether a server at an address takes a request, or what it answers instead. */
function answerOf(listensOn: [string, number], host: string, origin?: string) {
  const headers = { host, ...(origin === undefined ? {} : { origin }) };
  const rawHeaders = Object.entries(headers).flat();
  const request = { method: 'GET', headers, rawHeaders } as unknown as http.IncomingMessage;
  return refusalOf(request, hostsOf(...listensOn))?.[1] ?? 'taken';
}

describe('at port 80, which clients leave out', () => {
  it.each([
    ['localhost', undefined, 'taken'],
    ['127.0.0.1', undefined, 'taken'],
    ['[::1]', undefined, 'taken'],
    ['LocalHost:80', undefined, 'taken'],
    ['localhost', 'http://localhost', 'taken'],
    ['localhost:80', 'http://localhost', 'taken'],
    ['localhost', 'http://localhost:80', 'taken'],
    ['localhost', 'https://localhost', 'ORIGIN_NOT_ALLOWED'],
    ['localhost', 'http://localhost:8080', 'ORIGIN_NOT_ALLOWED'],
    ['localhost', 'http://evil.example', 'ORIGIN_NOT_ALLOWED'],
    ['localhost:8080', undefined, 'HOST_NOT_ALLOWED'],
    ['evil.example', undefined, 'HOST_NOT_ALLOWED'],
    ['evil.example:80', undefined, 'HOST_NOT_ALLOWED'],
    ['', undefined, 'HOST_NOT_ALLOWED'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf(['127.0.0.1', 80], host, origin)).toBe(answer);
  });
});

describe('at another port', () => {
  it.each([
    ['localhost:4000', undefined, 'taken'],
    ['localhost:4000', 'http://localhost:4000', 'taken'],
    ['Gateway.Internal:4000', undefined, 'taken'],
    ['localhost', undefined, 'HOST_NOT_ALLOWED'],
    ['localhost:80', undefined, 'HOST_NOT_ALLOWED'],
    ['localhost:4000', 'http://localhost', 'ORIGIN_NOT_ALLOWED'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf(['Gateway.internal', 4000], host, origin)).toBe(answer);
  });
});
