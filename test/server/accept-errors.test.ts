import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../../src/server/http-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-accept-'));
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));
const errorOf = (code: string) => Object.assign(new Error(`accept ${code}`), { code });

describe('a connection that cannot be accepted', () => {
  it.each([{ host: '127.0.0.1', port: 0 }, { socketPath: join(folder, 'gateway.sock') }])(
    'is told, each time, and the server goes on: %o',
    async (address) => {
      const created = vi.spyOn(http, 'createServer');
      const told: unknown[] = [];
      const server = await listen({
        address,
        graphiql: false,
        graphql: (_, response) => void response.end(),
        onAcceptError: ({ code }) => void told.push(code),
      });
      const [{ value } = {}] = created.mock.results;
      const listener = value as http.Server;
      listener.emit('error', errorOf('ENFILE'));
      listener.emit('error', errorOf('ENOMEM'));
      expect(told).toEqual(['ENFILE', 'ENOMEM']);
      expect(listener.listening).toBe(true);
      await server.close();
    },
  );
});
