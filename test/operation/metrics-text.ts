/** A metric of Prometheus' text. */
export interface Series {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** All metrics of a text. */
export function seriesOf(text: string): Series[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(
    ([, name = '', help = '', type = '']) => ({ name, help, type }),
  );
}

/** The value with these labels and no others; null when there is none. */
export function valueOf(text: string, name: string, labels: Readonly<Record<string, string>>) {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  for (const [, given = '', value] of text.matchAll(
    new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'),
  )) {
    const found = given === '' ? [] : given.split(/,(?=\w+=")/);
    if (found.sort().join() === wanted.sort().join()) return Number(value);
  }
  return null;
}
