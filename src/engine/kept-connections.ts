import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** More than these are not kept: as many as calls run at once. */
const MOST_IDLE = 8;

/**
 * An agent that keeps connections for further calls.
 * @param onEnded told of each connection that the engine ended while none was using it
 */
export function createKeepingAgent(dial: () => Duplex, onEnded: () => void): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: MOST_IDLE });
  const isIdle = (connection: Duplex): boolean =>
    Object.values(agent.freeSockets).some((free) => free?.includes(connection as Socket));
  agent.createConnection = () => {
    const connection = dial();
    // These are called before the agent's own listeners, which take it from the idle ones.
    const look = (): void => (isIdle(connection) ? onEnded() : undefined);
    connection.once('error', look);
    connection.once('close', look);
    return connection;
  };
  return agent;
}

/** Ends those that nobody uses: where one was found dead, a call that is made once more shall not meet another. */
export function dropIdle({ freeSockets }: http.Agent): void {
  for (const connections of Object.values(freeSockets)) {
    for (const connection of connections ?? []) connection.destroy();
  }
}
