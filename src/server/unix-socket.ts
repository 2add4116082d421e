import { rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { started } from './started.ts';

/** What a new socket file may be used by: its owner alone. */
const OWNER_ONLY = 0o177;

/**
 * Listens on a socket file that only its owner can use, from its first moment on. One that a killed server has left
 * behind is replaced, one that is in use is not.
 */
export async function listenOnSocket(server: net.Server, path: string): Promise<void> {
  // What is no socket is somebody's file.
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  if (isSocket && !(await isInUse(path))) rmSync(path);
  // The file is made before listen returns, with the rights that the mask leaves.
  const before = process.umask(OWNER_ONLY);
  try {
    await started(server, { path });
  } finally {
    process.umask(before);
  }
}

/** Only a refused connection says that nobody listens: a socket that is not ours to open stays. */
function isInUse(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(path);
    const settle = (inUse: boolean) => (): void => {
      probe.destroy();
      resolve(inUse);
    };
    probe.once('connect', settle(true));
    probe.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED')());
  });
}
