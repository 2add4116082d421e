import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex, type Writable } from 'node:stream';
import type { Endpoint } from './endpoint.ts';

/** How much of what ssh complains about is kept, in bytes. */
const MAX_COMPLAINT_BYTES = 4096;

type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>;

/**
 * A connection to an engine through the user's own ssh, as the docker command makes it: so host keys are
 * checked and ~/.ssh/config counts. The far side must have the docker command.
 */
export function dialSsh(endpoint: SshEndpoint, env: Readonly<Record<string, string>>): Duplex {
  const child = spawn('ssh', sshArguments(endpoint), { env: { ...env }, stdio: 'pipe' });
  // Without file descriptors that are free Node makes no stdio, and tells of it in the next turn.
  if ((child.stdin as Writable | undefined) === undefined) return failed(child);
  const stream = join(child);
  const complaint = collect(child);
  let answered = false;
  child.stdout.on('data', (chunk: Buffer) => {
    answered = true;
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.on('error', (error) => stream.destroy(notStarted(error)));
  // close, not exit: by then all of stdout and stderr has been read.
  child.on('close', (code, signal) => {
    if (answered && code === 0) stream.push(null);
    else stream.destroy(sshEnded(complaint(), code ?? signal, answered));
  });
  return stream;
}

function failed(child: ChildProcessWithoutNullStreams): Duplex {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  child.on('error', (error) => stream.destroy(notStarted(error)));
  return stream;
}

function notStarted({ message }: Error): Error {
  return new Error(`ssh does not start: ${message}`);
}

function sshArguments({ destination, port, socketPath }: SshEndpoint): string[] {
  return [
    // Nobody is there to type a password or to accept a host key: ask for nothing, fail instead.
    '-o',
    'ConnectTimeout=5',
    '-o',
    'BatchMode=yes',
    // A host that vanishes without a word is noticed, and the engine is UNAVAILABLE instead of silent.
    '-o',
    'ServerAliveInterval=15',
    ...(port === undefined ? [] : ['-p', String(port)]),
    '-T',
    '--',
    destination,
    'docker',
    ...(socketPath === undefined ? [] : ['--host', `unix://${socketPath}`]),
    'system',
    'dial-stdio',
  ];
}

/** stdin and stdout as one stream. */
function join(child: ChildProcessWithoutNullStreams): Duplex {
  // A write to an ssh that has ended is not the news; why it ended is, and that comes with close.
  child.stdin.on('error', () => {});
  return new Duplex({
    allowHalfOpen: false,
    read: () => void child.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy(error, done) {
      child.kill();
      // ssh may linger, or leave a master connection behind that holds these open.
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      done(error);
    },
  });
}

/** Keeps the first of what ssh says on stderr, and reads on, because a full pipe would stop it. */
function collect(child: ChildProcessWithoutNullStreams): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    if (bytes < MAX_COMPLAINT_BYTES) chunks.push(chunk.subarray(0, MAX_COMPLAINT_BYTES - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8').trim();
}

/** After an answer it is a lost connection, with the code of one, so that an idle one is replaced unseen. */
function sshEnded(complaint: string, how: number | string | null, answered: boolean): Error {
  const error = new Error(complaint === '' ? `ssh ended with ${how}` : complaint);
  return answered ? Object.assign(error, { code: 'ECONNRESET' }) : error;
}
