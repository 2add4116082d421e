/** A thing of an answer. */
type Fields = Readonly<Record<string, unknown>>;

/** Between two columns, as docker prints its tables. */
const GAP = '   ';

/**
 * Prints an answer for a terminal: the first list of things in it as rows, or else the answer itself as one row.
 * A column for each field, named by the path to it; lists within a row are joined by commas.
 */
export function toTable(data: unknown): string {
  const things = firstList(data) ?? (isFields(data) ? [data] : []);
  const rows = things.map((thing) => new Map(cells(thing, '')));
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  // A thing that is null in one row has columns of its own in another.
  const above = new Set([...names].flatMap(pathsAbove));
  const columns = [...names].filter((name) => !above.has(name));
  if (columns.length === 0) return '';
  const lines = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => columns.map((name) => row.get(name) ?? '')),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((text, at) => text.padEnd(widths[at] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
}

/** Breadth first, so that a list of images goes before the names of one. */
function firstList(data: unknown): readonly Fields[] | null {
  let level: unknown[] = [data];
  while (level.length > 0) {
    for (const value of level) {
      if (Array.isArray(value) && value.some(isFields)) return value.filter(isFields);
    }
    level = level.filter(isFields).flatMap((value) => Object.values(value));
  }
  return null;
}

/** The columns of a thing; edges of a connection are shown as what they lead to. */
function cells(thing: Fields, prefix: string): [string, string][] {
  return Object.entries(thing).flatMap(([key, value]) => {
    if (isFields(value)) return cells(value, key === 'node' ? prefix : `${prefix}${key}.`);
    return [[`${prefix}${key}`, textOf(value)] as [string, string]];
  });
}

/** a and a.b for a.b.c. */
function pathsAbove(name: string): string[] {
  const keys = name.split('.');
  return keys.slice(1).map((_, at) => keys.slice(0, at + 1).join('.'));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (isFields(value)) return Object.values(value).map(textOf).join(' ');
  // Engine texts may hold control characters that a terminal would obey.
  return String((value as string | number | boolean | null) ?? '').replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    ' ',
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
