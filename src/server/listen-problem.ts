import type { ListenAddress } from './listener.ts';
import { inBrackets } from './own-hosts.ts';

/** What to do, by the code of the system. */
type Advice = Readonly<Record<string, string>>;

const ANOTHER_HOST =
  'Choose another --host: an address of this machine such as 127.0.0.1, or 0.0.0.0 for all of them.';
const OF_PORTS: Advice = {
  EADDRINUSE: 'Choose another --port, or end what listens there.',
  EACCES: 'Choose another --port, from 1024 on.',
  EADDRNOTAVAIL: ANOTHER_HOST,
  EAFNOSUPPORT: ANOTHER_HOST,
  EINVAL: ANOTHER_HOST,
  ENOTFOUND: ANOTHER_HOST,
  EAI_AGAIN: ANOTHER_HOST,
};

const ANOTHER_FOLDER =
  'Choose another --host unix:///path, in a folder that is there and that this user may write to.';
const SHORTER = 'Choose a shorter --host unix:///path.';
const OF_SOCKETS: Advice = {
  EADDRINUSE: 'Choose another --host unix:///path, or remove what is there.',
  // A folder that is missing is told as one that may not be written to.
  EACCES: ANOTHER_FOLDER,
  EPERM: ANOTHER_FOLDER,
  EROFS: ANOTHER_FOLDER,
  EINVAL: SHORTER,
  ENAMETOOLONG: SHORTER,
};

/** Why an address cannot be had, and what to do about it. */
export function listenProblem(
  address: ListenAddress,
  { code = '', message }: NodeJS.ErrnoException,
): string {
  if ('socketPath' in address) {
    const advice = OF_SOCKETS[code] ?? 'Choose another --host unix:///path.';
    return `Cannot listen on ${address.socketPath}: ${message}. ${advice}`;
  }
  const place = `${inBrackets(address.host)}:${address.port}`;
  return `Cannot listen on ${place}: ${message}. ${OF_PORTS[code] ?? 'Choose another --host or --port.'}`;
}
