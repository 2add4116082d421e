import type { ServerResponse } from 'node:http';
import * as broken from '../../test/faults/broken-answers.ts';
import { EVERYTHING, type Fault, startFaultEngine } from '../../test/faults/fault-engine.ts';
import { idOf } from '../../test/support/stand-in-engine.ts';
import { anyOf } from './faults.ts';

const IMAGES = 100;
/** Bursts, which fill what the gateway remembers of events in the first round, with time between them. */
const EVENTS = { each: 2_000, ms: 2_000 };
/** The part of requests that get no proper answer while it misbehaves. */
const FAULTY = 0.3;

/** An engine of a hundred images, which can be told to misbehave: its images are renamed all the time then, too. */
export interface FaultyEngine {
  readonly url: string;
  misbehave(): void;
  /** Begins anew, and well: what it left hanging is ended, as by a restart. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  broken.status(500, { message: '/var/lib/docker: broken' }),
  broken.status(503),
  broken.status(404),
  broken.status(403),
  broken.redirect(302, 'http://127.0.0.1:1/'),
  broken.body('null'),
  broken.body('<html>', 'text/html'),
  broken.raw('SSH-2.0-OpenSSH\r\n'),
  broken.cut,
  broken.reset,
  broken.halfUntilClosed,
  broken.stalled,
  broken.frozen,
  broken.late(2_000),
  broken.trickle,
  broken.endless,
];

export async function startFaultyEngine(): Promise<FaultyEngine> {
  const engine = await startFaultEngine(IMAGES);
  let misbehaves = false;
  engine.fail((request, response, sound) => {
    engine.calls.length = 0;
    if (misbehaves && Math.random() < FAULTY) anyOf(FAULTS)(request, response, sound);
    else if (/\/events\?/.test(request.url ?? '')) tellEvents(response, () => misbehaves);
    else sound();
  }, EVERYTHING);
  return {
    url: engine.url,
    misbehave: () => void (misbehaves = true),
    async restart() {
      misbehaves = false;
      await engine.stop();
      await engine.start();
    },
    close: engine.stop,
  };
}

function tellEvents(response: ServerResponse, goesOn: () => boolean): void {
  response.flushHeaders();
  const timer = setInterval(() => {
    const events = Array.from({ length: goesOn() ? EVENTS.each : 0 }, event);
    for (const one of events) response.write(`${JSON.stringify(one)}\n`);
  }, EVENTS.ms);
  response.on('close', () => clearInterval(timer));
}

function event(): object {
  const number = 1 + Math.floor(Math.random() * IMAGES);
  const now = Date.now();
  return {
    Type: 'image',
    Action: 'tag',
    Actor: { ID: idOf(number), Attributes: { name: `demo/app-${number}:1` } },
    time: Math.floor(now / 1_000),
    timeNano: now * 1_000_000,
  };
}
