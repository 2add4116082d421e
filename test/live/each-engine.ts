import { describe, it } from 'vitest';

/** As describe.each; where there is none, one skipped test says so, as a file must have some test. */
export function describeEach<Subject extends object>(
  subjects: readonly Subject[],
  title: string,
  run: (subject: Subject) => void,
): void {
  if (subjects.length > 0) describe.each(subjects)(title, run);
  else describe.skip(title, () => it('needs real engines: test/engines/README.md', () => {}));
}
