/** Each part in its own range; leap seconds are left out, as no clock of an engine shows them. */
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
/** What years of four digits can say in UTC, in milliseconds. */
const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Seconds since 1970 of an RFC 3339 date and time; null for every other text. Date.parse alone takes dates of
 * many kinds in local time, and makes March of a 30 February.
 */
export function parseInstant(text: string): number | null {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (day === undefined || Number(day) > daysIn(Number(year), Number(month))) return null;
  const time = Date.parse(text.toUpperCase());
  return time >= EARLIEST && time <= LATEST ? time / 1000 : null;
}

function daysIn(year: number, month: number): number {
  // 400 years on, because Date takes years below 100 for those of the last century.
  return new Date(Date.UTC(year + 400, month, 0)).getUTCDate();
}

const DAY = 86_400;
/** More than there are days between the images of any one engine. */
const MAX_DAYS = 4_096;
const dates = new Map<number, string>();

/**
 * Seconds since 1970 as RFC 3339 in UTC; a Date for each image of a page would cost more than the rest of
 * its fields.
 */
export function formatInstant(seconds: number): string {
  if (!Number.isInteger(seconds)) {
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
  return `${toDate(day)}T${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(second % 60)}Z`;
}

function toDate(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size >= MAX_DAYS) dates.clear();
  const [date = ''] = new Date(day * DAY * 1000).toISOString().split('T');
  dates.set(day, date);
  return date;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
