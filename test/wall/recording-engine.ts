import net from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOf } from '../support/stand-in-engine.ts';

/** An engine that keeps what it is sent, byte for byte, without any HTTP library between. */
export interface RecordingEngine {
  dial(): net.Socket;
  /** The head of each request since the last look, one character for each byte. */
  readonly heads: string[];
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
}

const DESCRIPTOR = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: idOf(9),
  size: 1,
};
const INSPECT = {
  Id: idOf(1),
  Config: {},
  RootFS: { Layers: [] },
  Created: '2026-01-01T00:00:00Z',
};
const IMAGES = [
  { Id: idOf(1), ParentId: '', RepoTags: ['alpine:latest', 'ghcr.io/a/b:1'], Created: 1, Size: 1 },
  {
    Id: idOf(2),
    ParentId: idOf(1),
    RepoTags: ['../containers/json', 'a\r\nX-Evil: 1'],
    Created: 2,
    Size: 1,
  },
];

/** Answers by how a path ends, so that a request which got through is answered, too. */
const ANSWERS: readonly (readonly [end: RegExp, answer: unknown])[] = [
  [/^\/version$/, { ApiVersion: '1.56', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' }],
  [/\/info$/, { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] }],
  [/\/images\/json$/, IMAGES],
  [/\/containers\/json$/, []],
  [/\/distribution\/.*\/json$/, { Descriptor: DESCRIPTOR, Platforms: [] }],
  [/\/(?:history|attestations)$/, []],
  [/\/system\/df$/, { LayersSize: 1, Images: [] }],
  [/\/json$/, INSPECT],
];

export async function startRecordingEngine(): Promise<RecordingEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-wall-'));
  const socketPath = join(folder, 'engine.sock');
  const heads: string[] = [];
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    let pending = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const received = (pending + text).split('\r\n\r\n');
      pending = received.pop() ?? '';
      for (const head of received) {
        heads.push(head);
        socket.write(answerTo(head));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    dial: () => net.connect(socketPath),
    heads,
    connections: () => open.size,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

function answerTo(head: string): string {
  const path = (head.split(' ')[1] ?? '').split('?')[0] ?? '';
  if (path.endsWith('/events')) return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const answer = ANSWERS.find(([end]) => end.test(path))?.[1] ?? {};
  const body = head.startsWith('HEAD') ? '' : JSON.stringify(answer);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
