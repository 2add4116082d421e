import { hostname, release } from 'node:os';
import { enginesRoot } from './engine-list.ts';

/** What /info and /version tell of the machine rather than of the engine, by the name of the property. */
const MACHINE: Readonly<Record<string, unknown>> = {
  Name: 'host',
  KernelVersion: '6.1.0',
  MemTotal: 8_589_934_592,
  SwapTotal: 0,
  SwapFree: 0,
  NCPU: 4,
  NFd: 30,
  NGoroutines: 40,
  NEventsListener: 0,
  SystemTime: '2024-01-02T03:04:05.000000006Z',
  Uptime: '1h 0m 0.00s',
  HttpProxy: '',
  HttpsProxy: '',
  NoProxy: '',
};
/** Podman draws another one for each answer; the Docker engines each have one of their own. */
const ENGINE_ID = '00000000-0000-4000-8000-000000000000';

/** /info without the machine; Podman shuffles DriverStatus. */
export function scrubInfo(info: Readonly<Record<string, unknown>>): object {
  const machine = Object.entries(MACHINE).filter(([key]) => key in info);
  const status = info['DriverStatus'] as readonly (readonly string[])[];
  return {
    ...info,
    ...Object.fromEntries(machine),
    ID: ENGINE_ID,
    DriverStatus: [...status].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  };
}

/** Any answer without the paths, the kernel and the name of the machine it was given on. */
export function scrubText(text: string): string {
  const name = hostname();
  return (
    text
      .replaceAll(new RegExp(`${enginesRoot()}/engines/[a-z0-9-]+/data`, 'g'), '/var/lib/engine')
      .replaceAll(new RegExp(`${enginesRoot()}/engines/[a-z0-9-]+`, 'g'), '/run/engine')
      .replaceAll(enginesRoot(), '/engines')
      .replaceAll(release(), '6.1.0')
      // Only as a whole string: a short name would be found within other words.
      .replaceAll(`"${name}"`, '"host"')
  );
}

/**
 * Rows by ID. Engines list images of the same second in another order each time, and a second recording
 * shall equal the first. Histories keep their order: theirs means something.
 */
export function sortRows(rows: readonly unknown[]): readonly unknown[] {
  const idOf = (row: unknown) => {
    const { Id, ID } = row as { readonly Id?: string; readonly ID?: string };
    return Id ?? ID ?? '';
  };
  return [...rows].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
