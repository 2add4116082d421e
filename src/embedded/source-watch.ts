import { type FSWatcher, watch } from 'node:fs';
import type { Source } from './source.ts';

/** Notifications of a file system do not come from all of them (network, containers), nor for all changes. */
const POLL_MS = 1_000;
/** After a notification: writing is many changes. */
const PAUSE_MS = 50;
/** How long nothing has changed until content is taken for complete. */
const SETTLED_MS = 2_000;
/** The longest wait until unreadable content is tried again although nothing has changed. */
const MAX_RETRY_MS = 30_000;

/**
 * Reads a source whenever it has changed, for as long as the returned function is not called; what was
 * found is told by the source itself. Keeps no process alive.
 */
export function watchSource(source: Source): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isLooking = false;
  let isNotified = false;
  let folders: readonly FSWatcher[] = [];
  const look = createLook(source);

  async function round(): Promise<void> {
    isLooking = true;
    isNotified = false;
    const begun = performance.now();
    const hasChanged = await look();
    isLooking = false;
    if (isStopped) return;
    // A folder may have been put in the place of the one that is watched.
    if (hasChanged) folders = watchAgain(folders, source.folders, notice);
    // Big content that is being written is not read without a pause.
    const pauseMs = Math.max(PAUSE_MS, performance.now() - begun);
    wait(isNotified ? pauseMs : POLL_MS);
  }

  function wait(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void round(), ms).unref();
  }

  function notice(): void {
    if (isNotified) return;
    isNotified = true;
    if (!isLooking) wait(PAUSE_MS);
  }

  void round();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    for (const folder of folders) folder.close();
  };
}

/** One look at a source, which reads it if there is a reason to; tells whether it had changed. */
function createLook(source: Source): () => Promise<boolean> {
  let seen: string | null = null;
  let settlesAt = Infinity;
  let retryMs = POLL_MS;
  let retryAt = Infinity;

  return async () => {
    const stamp = await source.stamp();
    const now = performance.now();
    const hasChanged = stamp !== seen;
    // What was read while it was written may be incomplete, and times of files are coarse: once more.
    const hasSettled = now >= settlesAt;
    if (!hasChanged && !hasSettled && now < retryAt) return false;
    if (hasSettled) source.forget();
    settlesAt = hasChanged && seen !== null ? now + SETTLED_MS : Infinity;
    if (hasChanged) retryMs = POLL_MS;
    seen = stamp;
    retryAt = Infinity;
    try {
      await source.catalogue();
    } catch {
      // Who asks for images is told why they cannot be read.
      retryAt = performance.now() + retryMs;
      retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
    }
    return hasChanged;
  };
}

function watchAgain(
  old: readonly FSWatcher[],
  folders: readonly string[],
  onChange: () => void,
): FSWatcher[] {
  for (const watcher of old) watcher.close();
  return folders.flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, onChange);
      // The folder is gone, for example; the polls go on.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}
