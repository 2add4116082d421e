/** All that the configuration sees of the machine's files, so that tests need no machine. */
export interface ConfigFiles {
  /** The file as UTF-8 text, or what is piped in for -; null when it cannot be read. */
  readonly readText: (path: string) => string | null;
  /** What is at a path, symbolic links followed; null for nothing. It may throw where it may not look. */
  readonly kindOf: (path: string) => FileKind | null;
  /** The permission bits of a file; null when it cannot be looked at, and where there are none. */
  readonly modeOf: (path: string) => number | null;
  /** The path without symbolic links; it may throw. */
  readonly realPath: (path: string) => string;
}

/** What is at a path; anything that is neither socket nor folder counts as a file. */
export type FileKind = 'socket' | 'file' | 'directory';

/** As kindOf, but what may not be looked at is nothing: /run/user of somebody else, say. */
export function kindOf(files: ConfigFiles, path: string): FileKind | null {
  try {
    return files.kindOf(path);
  } catch {
    return null;
  }
}

/** As realPath, but a path that cannot be resolved stands for itself. */
export function realPath(files: ConfigFiles, path: string): string {
  try {
    return files.realPath(path);
  } catch {
    return path;
  }
}
