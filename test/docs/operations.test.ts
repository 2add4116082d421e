import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allMetrics } from '../operation/all-metrics.ts';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');
const operations = textOf('docs/operations.md');

describe('docs/operations.md', () => {
  it('has a row for every metric of the project, in the order of the source', async () => {
    const rows = [...operations.matchAll(/^\| (imagegraph_\w+) \| (\w+) \|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const own = (await allMetrics()).filter(({ name }) => name.startsWith('imagegraph_'));
    expect(rows).toEqual(own.map(({ name, type }) => `${name} ${type}`));
  });

  it('names metrics of Node that there are', async () => {
    const names = (await allMetrics()).map(({ name }) => name);
    const named = [...operations.matchAll(/`((?:nodejs|process)_\w+)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(named));
  });

  it('names the lines of the log that there are, and all of them', () => {
    const source = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => textOf(`src/${file}`))
      .join();
    const [, table = ''] = operations.split('| msg | what |');
    const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| ([^|-]+) \|/gm)];
    const messages = rows.map(([, message = '']) => message);
    expect(messages).toHaveLength(19);
    const fixed = messages.map((message) => message.replaceAll(/^… | …$/g, ''));
    expect(fixed.filter((message) => !source.includes(message))).toEqual([]);
    const calls = source.matchAll(
      /\blog\.(?:info|warn|error|fatal)\([^'`)[]*['`](?:\$\{\w+\} )?([^'`$]+)/g,
    );
    const logged = [...calls].map(([, message = '']) => message.trim());
    expect(logged.length).toBeGreaterThan(10);
    expect(logged.filter((message) => !fixed.some((row) => message.startsWith(row)))).toEqual([]);
  });

  it('names files of packaging/ that there are', () => {
    const named = [...operations.matchAll(/(?<![\w/])packaging\/[\w.]+/g)].map(([file]) => file);
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });
});

describe('docs/decisions.md', () => {
  it('has a reason for each of at most 20 dependencies', () => {
    const { dependencies } = JSON.parse(textOf('package.json'));
    const names = Object.keys(dependencies);
    expect(names.length).toBeLessThanOrEqual(20);
    const [, section = ''] = textOf('docs/decisions.md').split('## Dependencies');
    const isNamed = (name: string) => section.includes(`| ${name} |`);
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });
});
