import { idOf } from '../support/stand-in-engine.ts';
import type { Fault } from './fault-engine.ts';

/** Rows that are made at once. */
const CHUNK = 500;

/** A list of so many images, made while it is sent: nobody has to hold it. */
export function manyRows(count: number): Fault {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let sent = 0;
    const more = (): void => {
      while (sent < count && !response.destroyed) {
        const rows = Array.from({ length: Math.min(CHUNK, count - sent) }, (_, at) =>
          row(sent + at + 1),
        );
        const isFirst = sent === 0;
        sent += rows.length;
        if (!response.write(`${isFirst ? '[' : ','}${rows.join(',')}`)) return;
      }
      response.end(']');
    };
    response.on('drain', more);
    more();
  };
}

/** Some 450 bytes, as an engine with a graph driver tells it. */
function row(number: number): string {
  return JSON.stringify({
    Id: idOf(number),
    ParentId: '',
    RepoTags: [`registry.example/team/app-${number}:1.0.${number}`],
    RepoDigests: [`registry.example/team/app-${number}@${idOf(number)}`],
    Created: 1_700_000_000 + number,
    Size: number * 1_000,
    SharedSize: -1,
    Containers: -1,
    Labels: { 'org.example.number': String(number), 'org.example.team': 'team' },
  });
}
