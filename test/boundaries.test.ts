import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** What each part of src/ may import, itself aside. Data flows one way, and so do imports. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: ['on-abort.ts', 'turns.ts'],
  embedded: ['engine/reference.ts', 'engine/endpoint.ts', 'engine/json-size.ts', 'turns.ts'],
  'on-abort.ts': [],
  'single-flight.ts': ['on-abort.ts'],
  'turns.ts': [],
  'image-index': ['engine', 'on-abort.ts', 'single-flight.ts', 'turns.ts'],
  'errors.ts': ['engine/engine-error.ts'],
  limits: ['errors.ts'],
  'trusted-documents': ['limits'],
  'keyset.ts': ['errors.ts', 'limits/limits.ts'],
  'eventual.ts': [],
  registry: ['engine', 'single-flight.ts'],
  loaders: [
    'engine',
    'image-index',
    'registry',
    'errors.ts',
    'keyset.ts',
    'limits/limits.ts',
    'limits/budget.ts',
    'eventual.ts',
    'turns.ts',
  ],
  'deadlines.ts': ['on-abort.ts'],
  'reports.ts': ['engine/engine-error.ts', 'errors.ts', 'loaders/engines.ts'],
  'context.ts': [
    'deadlines.ts',
    'reports.ts',
    'engine',
    'image-index',
    'loaders',
    'registry',
    'errors.ts',
    'limits/limits.ts',
    'limits/budget.ts',
    'limits/answer-size.ts',
  ],
  // Shapes and pure functions of the engine client, never the client itself.
  schema: [
    'context.ts',
    'limits/limits.ts',
    'limits/expensive-field.ts',
    'eventual.ts',
    'errors.ts',
    'keyset.ts',
    'loaders',
    'image-index',
    'registry/update-check.ts',
    'engine/engine.ts',
    'engine/engine-error.ts',
    'engine/image-detail.ts',
    'engine/image-row.ts',
    'engine/reference.ts',
    'engine/reference-pattern.ts',
  ],
  execution: ['eventual.ts', 'turns.ts'],
  plugins: [
    'context.ts',
    'errors.ts',
    'on-abort.ts',
    'limits',
    'trusted-documents',
    'engine/engine-error.ts',
    'engine/bulkhead.ts',
    'execution',
    'image-index/image-index.ts',
    'request-id.ts',
  ],
  'request-id.ts': [],
  'gateway.ts': [
    'schema/index.ts',
    'schema/subgraph.ts',
    'context.ts',
    'errors.ts',
    'limits',
    'trusted-documents',
    'plugins',
    'image-index',
    'registry/registries.ts',
  ],
  server: ['errors.ts', 'engine/secret-forms.ts', 'limits/limits.ts', 'request-id.ts'],
  config: [
    'engine/endpoint.ts',
    'engine/endpoint-url.ts',
    'engine/secret-forms.ts',
    'limits',
    'trusted-documents/manifest.ts',
  ],
  'log.ts': [],
  'package-version.ts': [],
  'client.ts': [],
  'start-engine.ts': ['engine', 'embedded'],
  'follow-engines.ts': [
    'config/default-engines.ts',
    'engine/engine.ts',
    'engine/engine-error.ts',
    'engine/observer.ts',
    'image-index',
    'registry',
    'gateway.ts',
    'start-engine.ts',
  ],
  'configured-engines.ts': [
    'config',
    'engine/observer.ts',
    'follow-engines.ts',
    'package-version.ts',
  ],
  'serve.ts': [
    'config',
    'configured-engines.ts',
    'gateway.ts',
    'operation',
    'package-version.ts',
    'server',
    'trusted-documents',
  ],
  // Watches the parts through what they tell, and is known to none of them.
  operation: [
    'errors.ts',
    'engine/engine.ts',
    'engine/engine-error.ts',
    'engine/observer.ts',
    'engine/secret-forms.ts',
    'image-index/image-index.ts',
    'image-index/image-event-log.ts',
    'plugins/use-observer.ts',
    'request-id.ts',
  ],
  query: ['config/question.ts', 'gateway.ts', 'follow-engines.ts'],
  'index.ts': ['config', 'context.ts', 'gateway.ts', 'follow-engines.ts', 'package-version.ts'],
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const textOf = (file: string) => readFileSync(join(SRC, file), 'utf8');

/** Paths below src/ that a file imports, types included. */
function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

const partOf = (file: string) => file.split('/')[0] ?? '';
const isWithin = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

describe('imports', () => {
  it('go one way only', () => {
    const forbidden = files
      .filter((file) => file !== 'main.ts')
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => partOf(target) !== partOf(file))
          .filter((target) => !(MAY_IMPORT[partOf(file)] ?? []).some((p) => isWithin(target, p)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(forbidden).toEqual([]);
  });

  it('of dockerode stand in one file', () => {
    const importers = files.filter((file) => /from 'docker(ode|-modem)'/.test(textOf(file)));
    expect(importers).toEqual(['engine/docker-calls.ts']);
  });

  it('of graphql stand above the loaders', () => {
    const importers = files.filter((file) => /from 'graphql/.test(textOf(file)));
    const below = importers.filter((file) =>
      ['engine', 'embedded', 'image-index', 'loaders', 'config'].includes(partOf(file)),
    );
    expect(below).toEqual([]);
  });
});

describe('signals', () => {
  it('are never made by AbortSignal.any, which loses deadlines and keeps what it was made of on Node 20', () => {
    expect(files.filter((file) => textOf(file).includes('AbortSignal.any('))).toEqual([]);
  });
});

describe('outside main.ts', () => {
  it("nothing reads the process's environment", () => {
    const readers = files.filter((file) => /process\.env\b/.test(textOf(file)));
    expect(readers).toEqual(['main.ts']);
  });

  it("Docker's property names appear in the engine's mappings and the embedded engine only", () => {
    const pattern = /\b(RepoTags|RepoDigests|ParentId|SharedSize|VirtualSize|ImageID)'\]/;
    const users = files.filter((file) => pattern.test(textOf(file))).map(partOf);
    expect([...new Set(users)].filter((part) => part !== 'embedded')).toEqual(['engine']);
  });
});
