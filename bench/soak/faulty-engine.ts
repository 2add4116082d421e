import type { ServerResponse } from 'node:http';
import * as broken from '../../test/faults/broken-answers.ts';
import { EVERYTHING, type Fault, startFaultEngine } from '../../test/faults/fault-engine.ts';
import { idOf } from '../../test/support/stand-in-engine.ts';
import { anyOf } from './faults.ts';

const IMAGES = 100;
/** Bursts, with time between them. */
const EVENTS = { each: 400, ms: 500 };
/** The part of requests that get no proper answer while it misbehaves. */
const FAULTY = 0.3;

/** An engine of a hundred images, which can be told to misbehave. */
export interface FaultyEngine {
  readonly url: string;
  /** From now on its images are renamed all the time. */
  change(): void;
  /** The same, and it fails in many ways. */
  misbehave(): void;
  /** From now on it is well and quiet. What it has lost stays lost. */
  behave(): void;
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
  let changes = false;
  engine.fail((request, response, sound) => {
    engine.calls.length = 0;
    if (misbehaves && Math.random() < FAULTY) anyOf(FAULTS)(request, response, sound);
    else if (/\/events\?/.test(request.url ?? '')) tellEvents(response, () => changes);
    else sound();
  }, EVERYTHING);
  return {
    url: engine.url,
    change: () => void (changes = true),
    misbehave: () => void (changes = misbehaves = true),
    behave: () => void (changes = misbehaves = false),
    close: engine.stop,
  };
}

function tellEvents(response: ServerResponse, goesOn: () => boolean): void {
  response.flushHeaders();
  const timer = setInterval(() => {
    const events = Array.from({ length: goesOn() ? EVENTS.each : 0 }, event);
    response.write(events.join(''));
  }, EVENTS.ms);
  response.on('close', () => clearInterval(timer));
}

let told = 0;

/** One line of JSON; two of one nanosecond about one image would be taken for the same. */
function event(): string {
  const number = 1 + Math.floor(Math.random() * IMAGES);
  const Actor = { ID: idOf(number), Attributes: { name: `demo/app-${number}:1` } };
  const now = Date.now();
  const rest = JSON.stringify({
    Type: 'image',
    Action: 'tag',
    Actor,
    time: Math.floor(now / 1_000),
  });
  const nanoseconds = String(told++ % 1_000_000).padStart(6, '0');
  return `${rest.slice(0, -1)},"timeNano":${now}${nanoseconds}}\n`;
}
