import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optionsTable } from '../../src/config/options.ts';
import { MESSAGES } from '../../src/errors.ts';
import { openEmbedded, type OpenEmbedded } from '../embedded/open-embedded.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'test/engines/README.md'].concat(
  readdirSync(new URL('docs', root))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
);
const readme = textOf('README.md');

/** The rows of the table under a heading, as their cells. */
function tableUnder(text: string, heading: string): string[][] {
  const section = text.slice(text.indexOf(heading) + heading.length).split(/^## /m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = textOf(document);

  it('names files that exist', () => {
    const named = text.matchAll(
      /(?<![\w./:-])((?:src|test|docs|bench|samples)\/[\w./-]*[\w/]|[\w-]+\.(?:md|ts|graphql))(?![\w*-])/g,
    );
    const missing = [...named]
      .map(([, name = '']) => name)
      .filter((name) => !name.includes('your-type'))
      .filter(
        (name) =>
          ![
            name,
            `docs/${name}`,
            `src/${name}`,
            `src/image-index/${name}`,
            `test/engines/${name}`,
          ].some((path) => existsSync(new URL(path, root))),
      );
    expect(missing).toEqual([]);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !((name as string) in scripts))).toEqual([]);
  });
});

describe('the README', () => {
  let embedded: OpenEmbedded;
  let gateway: TestGateway;
  beforeAll(() => {
    embedded = openEmbedded({ kind: 'sample' });
    gateway = createTestGateway([embedded.engine]);
  });
  afterAll(() => gateway.close());

  it('shows the answer that its query gets', async () => {
    const [, query = '', answer = ''] =
      /```graphql\n(.*?)```.*?```json\n(.*?)```/s.exec(readme) ?? [];
    const { data, errors } = await gateway.ask(query);
    expect(errors).toBeUndefined();
    expect(JSON.parse(answer)).toEqual({ data });
  });

  it('has a row for every option', () => {
    const expected = optionsTable.map(({ name, env, value, default: byDefault }) => [
      `\`--${name}${value === null ? '' : ` ${value.replaceAll('|', '\\|')}`}\``,
      env === null ? '' : `\`${env}\``,
      byDefault ?? '',
    ]);
    // A bar within a cell is written with a backslash before it.
    const rows = readme
      .slice(readme.indexOf('## Options'))
      .split('\n')
      .filter((line) => line.startsWith('| `--'));
    expect(rows).toEqual(
      expected.map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')),
    );
  });

  it('maps every property of ImageSummary to fields that exist', () => {
    const rows = tableUnder(readme, '## What comes from where');
    expect(rows.map(([property]) => property)).toEqual(
      expect.arrayContaining([
        'Containers',
        'Created',
        'Id',
        'Labels',
        'Manifests',
        'ParentId',
        'RepoDigests',
        'RepoTags',
        'SharedSize',
        'Size',
        'VirtualSize',
      ]),
    );
    const type = buildSchema(textOf('schema.graphql')).getType('ImageSummary') as GraphQLObjectType;
    const named = rows.flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, field]) => field as string),
    );
    expect(named.filter((field) => !(field in type.getFields()))).toEqual([]);
  });
});

describe('docs/comparison.md', () => {
  it('leads every yes to a heading or file that exists', () => {
    const links = [...textOf('docs/comparison.md').matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
    expect(links.length).toBeGreaterThan(40);
    const missing = links.filter(([, file = '', anchor]) => {
      const path = join('docs', file);
      if (!existsSync(new URL(path, root))) return true;
      return anchor !== undefined && !anchorsOf(textOf(path)).has(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

/** Headings as GitHub links to them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('docs/errors.md', () => {
  it('has every code, in the order of the source', () => {
    const codes = [...textOf('docs/errors.md').matchAll(/^\| ([A-Z_]+) \|/gm)].map(
      ([, code]) => code,
    );
    expect(codes).toEqual(Object.keys(MESSAGES));
  });
});

describe('docs/freshness.md', () => {
  it('has a row for every test of freshness, and a test for every row', () => {
    const tests = ['test/live/freshness.test.ts', 'test/embedded/freshness.test.ts'].flatMap(
      (file) =>
        [...textOf(file).matchAll(/^ +(?:entry|it|it\.runIf\(.*\))\(\s*'([^']+)'/gm)].map(
          ([, title]) => title,
        ),
    );
    const rows = tableUnder(textOf('docs/freshness.md'), '## What is not announced')
      .map(([title]) => title)
      .filter((title) => title !== 'what' && title !== '---');
    expect(new Set(rows)).toEqual(new Set(tests));
  });
});
