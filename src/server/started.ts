import type net from 'node:net';

/** Listens; rejects when the address cannot be had. Whoever waits for it handles the errors of a server that runs. */
export function started(server: net.Server, address: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      // It would swallow the first error of later on.
      server.off('error', reject);
      resolve();
    });
  });
}
