import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createEmbeddedEngine } from './embedded-engine.ts';
import type { EmbeddedEndpoint } from './source.ts';

/**
 * The embedded engine by itself, for tests, benchmarks and Docker's own CLI:
 * node dist/embedded/main.js DIR|FILE|sample SOCKET
 */
const [place, socket] = process.argv.slice(2);
if (place === undefined || socket === undefined) {
  fail('Usage: embedded/main.js DIR|FILE|sample SOCKET');
}
if (place !== 'sample' && !existsSync(place)) {
  fail(`${place} is neither a folder nor a file. Give an OCI image layout, an archive, or sample.`);
}
const packageText = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const { server } = createEmbeddedEngine({
  endpoint: toEndpoint(place),
  version: (JSON.parse(packageText) as { version: string }).version,
  report: (digest, reason) => process.stderr.write(`${digest}: ${reason}\n`),
});
server.on('error', ({ message }) =>
  fail(`Cannot listen: ${message}. Give the path of a socket that is not there yet.`),
);
server.listen(socket, () => process.stdout.write(`ready at unix://${resolve(socket)}\n`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}

function toEndpoint(place: string): EmbeddedEndpoint {
  if (place === 'sample') return { kind: 'sample' };
  const isDirectory = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? { kind: 'layout', directory: place } : { kind: 'archive', file: place };
}

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
