import { buildSchema, type DocumentNode, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { Operation } from '../../src/execution/execution.ts';
import { createPlans } from '../../src/execution/plans.ts';

const schema = buildSchema('type Query { a: Int b: Int c: Int }');
const operationOf = (document: DocumentNode, name?: string): Operation => ({
  schema,
  operation: getOperationAST(document, name) as Operation['operation'],
  fragments: {},
});
const given = (query: string) => {
  const document = parse(query);
  return [document, operationOf(document)] as const;
};

it('an operation has a plan for each combination of its conditions', () => {
  const planOf = createPlans();
  const asked = given('query($x: Boolean!, $n: Int) { a @include(if: $x) b }');
  const plan = planOf(...asked, { x: true, n: 1 });
  expect(planOf(...asked, { x: true, n: 2 })).toBe(plan);
  expect(planOf(...asked, { x: false })).not.toBe(plan);
  expect([...(planOf(...asked, { x: false }).selection?.fields.keys() ?? [])]).toEqual(['b']);
});

it('operations of one document have their own', () => {
  const planOf = createPlans();
  const document = parse('query A { a } query B { b }');
  const keys = ['A', 'B'].map((name) => [
    ...(planOf(document, operationOf(document, name), {}).selection?.fields.keys() ?? []),
  ]);
  expect(keys).toEqual([['a'], ['b']]);
});

it.each([
  ['of one document', (at: number) => [HUNDRED, combination(at)] as const],
  ['of many', (at: number) => [given(`{ f${at}: a b c }`), {}] as const],
])('plans %s are forgotten when all have too many fields', (_, nth) => {
  const planOf = createPlans(40);
  const kept = given('{ a }');
  const first = planOf(...kept, {});
  const plan = (at: number) => {
    const [asked, variables] = nth(at);
    return planOf(...asked, variables);
  };
  for (let at = 0; at < 9; at++) plan(at);
  expect(planOf(...kept, {})).toBe(first);
  for (let at = 9; at < 12; at++) plan(at);
  expect(planOf(...kept, {})).not.toBe(first);
});

/** Three fields under any condition, as far as seven of them can tell. */
const NAMES = [...'abcdefg'];
const HUNDRED = given(
  `query(${NAMES.map((name) => `$${name}: Boolean!`).join()}) { a b c ${NAMES.map((name) => `... @include(if: $${name}) { a }`).join(' ')} }`,
);
const combination = (at: number) =>
  Object.fromEntries(NAMES.map((name, place) => [name, ((at >> place) & 1) === 1]));
