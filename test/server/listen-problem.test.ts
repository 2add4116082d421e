import { expect, it } from 'vitest';
import { listenProblem } from '../../src/server/listen-problem.ts';

const PORT = { host: '10.9.9.9', port: 80 };
const SOCKET = { socketPath: '/run/gateway.sock' };

it.each([
  ['EADDRINUSE', PORT, 'another --port,'],
  ['EACCES', PORT, '--port, from 1024'],
  ['EADDRNOTAVAIL', PORT, 'another --host:'],
  ['ENOTFOUND', { host: 'nowhere.invalid', port: 80 }, 'another --host:'],
  ['EMFILE', PORT, 'another --host or --port.'],
  ['EADDRINUSE', SOCKET, 'another --host unix:///path, or remove'],
  ['EACCES', SOCKET, 'folder'],
  ['EINVAL', SOCKET, 'a shorter --host'],
  ['EMFILE', SOCKET, 'another --host unix:///path.'],
])('%s on %o advises: %s', (code, address, advice) => {
  const problem = listenProblem(address, Object.assign(new Error(`listen ${code}`), { code }));
  expect(problem).toContain(`: listen ${code}. Choose `);
  expect(problem).toContain(advice);
});

it('an IPv6 address has brackets', () => {
  expect(listenProblem({ host: '::1', port: 80 }, new Error('no'))).toMatch(
    /^Cannot listen on \[::1\]:80: no\. /,
  );
});
