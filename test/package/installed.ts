import { readFileSync } from 'node:fs';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** What is installed with the package, by its path in node_modules. */
export function installed(): readonly (readonly [path: string, locked: Locked])[] {
  const lock = readFileSync(new URL('../../npm-shrinkwrap.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
  );
}
