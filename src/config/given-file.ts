import type { ConfigFiles } from './config-files.ts';
import type { GivenOptions } from './given-options.ts';
import type { OptionName } from './options.ts';
import { quote } from './quote.ts';

/** A file that an option names. */
export interface GivenFile {
  readonly path: string;
  readonly text: string;
  /** Where it was given. */
  readonly source: string;
}

/** The file that an option names; null, and a problem, when it cannot be read. Null alone when not given. */
export function readFile(
  given: GivenOptions,
  name: OptionName,
  files: ConfigFiles,
  problems: string[],
): GivenFile | null {
  const { values: [path] = [], source = '' } = given.get(name) ?? {};
  if (path === undefined) return null;
  const text = files.readText(path);
  if (text !== null) return { path, text, source };
  const hint = name === 'token-file' ? ' Give the path of a file that holds the token.' : '';
  problems.push(
    `${source}: ${quote(path)} cannot be read. Check the path and its permissions.${hint}`,
  );
  return null;
}
