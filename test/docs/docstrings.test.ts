import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const EXPORT = /^export (?:async )?(?:function|const|interface|type|class) (\w+)/;

it('every export has a docstring', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(SRC, file), 'utf8').split('\n');
    return lines.flatMap((line, at) => {
      const name = EXPORT.exec(line)?.[1];
      return name === undefined || lines[at - 1]?.endsWith('*/') ? [] : [`${file}: ${name}`];
    });
  });
  expect(bare).toEqual([]);
});
