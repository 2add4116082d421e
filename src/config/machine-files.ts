import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { ConfigFiles, FileKind } from './config-files.ts';

/** The files of this machine. */
export const MACHINE_FILES: ConfigFiles = {
  readText,
  kindOf,
  modeOf,
  realPath: (path) => realpathSync(path),
};

function readText(path: string): string | null {
  try {
    // By its number: /dev/stdin cannot be opened when it is a socket, and is not there on Windows.
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch {
    return null;
  }
}

function kindOf(path: string): FileKind | null {
  let stats;
  try {
    stats = statSync(path);
  } catch {
    // Not there, or in a folder that is closed to us: either way nothing that could be used.
    return null;
  }
  if (stats.isDirectory()) return 'directory';
  return stats.isSocket() ? 'socket' : 'file';
}

function modeOf(path: string): number | null {
  // Windows has other rights, and says that everybody may do everything.
  if (process.platform === 'win32') return null;
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return null;
  }
}
