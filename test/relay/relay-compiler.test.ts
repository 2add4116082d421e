import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const SCHEMA = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const COMPILER = fileURLToPath(
  new URL(
    'cli.js',
    `file://${createRequire(import.meta.url).resolve('relay-compiler/package.json')}`,
  ),
);

/** A list of images that loads more, and children that are fetched again through node(id). */
const SOURCE = `
import { graphql } from 'relay-runtime';
graphql\`query ListQuery { ...List_images }\`;
graphql\`
  fragment List_images on Query
  @refetchable(queryName: "ListPaginationQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" }) {
    images(first: $first, after: $after) @connection(key: "List_images") {
      edges { node { id shortId ...List_children } }
    }
  }
\`;
graphql\`
  fragment List_children on ImageSummary
  @refetchable(queryName: "ChildrenRefetchQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" }) {
    children(first: $first, after: $after) @connection(key: "List_children") {
      edges { node { shortId } }
    }
  }
\`;
`;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** Compiles the source against a schema. @returns the names of what it generated */
async function compile(schema: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-relay-'));
  folders.push(folder);
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'schema.graphql'), schema);
  writeFileSync(join(folder, 'src', 'List.js'), SOURCE);
  const config = { src: './src', schema: './schema.graphql', language: 'javascript' };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  await promisify(execFile)(process.execPath, [COMPILER, './relay.config.json'], { cwd: folder });
  return readdirSync(join(folder, 'src', '__generated__')).sort();
}

describe('the Relay compiler', () => {
  it('accepts @connection and @refetchable on the schema', async () => {
    expect(await compile(SCHEMA)).toEqual(
      expect.arrayContaining([
        'ChildrenRefetchQuery.graphql.js',
        'ListPaginationQuery.graphql.js',
        'ListQuery.graphql.js',
      ]),
    );
  });

  it.each([
    ['a connection without edges', /^ {2}edges: \[ImageSummaryEdge!\]!$/m],
    ['a type without node(id)', /^ {2}node\(\n.*\n.*\n {2}\): Node$/m],
  ])('would refuse %s', async (_, part) => {
    expect(SCHEMA).toMatch(part);
    await expect(compile(SCHEMA.replace(part, '  nothing: Int'))).rejects.toThrow(/List/);
  });
});
