import {
  type DocumentNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  type VariableNode,
  visit,
} from 'graphql';
import { type Operation, Unsupported } from './execution.ts';
import { planOperation } from './plan.ts';
import type { Selection } from './selection.ts';

/** What is known of one operation, for one set of values of its conditions. */
export interface Plan {
  /** Null for what only the interpreter can execute. */
  readonly selection: Selection | null;
  /** How many executions are left to the interpreter, because the last one ended there anyway. */
  rest: number;
}

/** The plans of an operation, and what tells them apart. */
interface PlannedOperation {
  /** The variables that @skip and @include name. */
  readonly conditions: readonly string[];
  /** By the values of these. */
  readonly plans: Map<string, Plan>;
}

/**
 * Fields of all plans together, some 700 bytes each: twenty conditions alone give one document a million plans. An
 * application has some hundred documents of some fifty fields.
 */
const MAX_FIELDS = 25_000;

/** Finds the plan of an operation, or makes it. */
export type PlanOf = (
  document: DocumentNode,
  operation: Operation,
  variables: Readonly<Record<string, unknown>>,
) => Plan;

/**
 * Keeps plans for as long as whoever parsed their documents keeps those, and until all have too many fields. Then all
 * are forgotten: to make those anew that are in use takes less than it took to make so many, and a plan that is found
 * need not be moved to the front of anything.
 */
export function createPlans(maxFields = MAX_FIELDS): PlanOf {
  let operations = new WeakMap<OperationDefinitionNode, PlannedOperation>();
  let planned = 0;
  const count = (fields: number): void => void (planned += fields);
  return (document, operation, variables) => {
    const node = operation.operation;
    const known = operations.get(node) ?? { conditions: conditionsOf(document), plans: new Map() };
    // Without the names, which may be long.
    const key = JSON.stringify(known.conditions.map((name) => variables[name]));
    const found = known.plans.get(key);
    if (found !== undefined) return found;
    if (planned > maxFields) {
      operations = new WeakMap();
      known.plans.clear();
      planned = 0;
    }
    const given = Object.fromEntries(known.conditions.map((name) => [name, variables[name]]));
    const plan = { selection: select(operation, given, count), rest: 0 };
    // One that selects nothing is something to keep, too.
    count(1);
    known.plans.set(key, plan);
    operations.set(node, known);
    return plan;
  };
}

function select(
  operation: Operation,
  conditions: Readonly<Record<string, unknown>>,
  count: (fields: number) => void,
) {
  const type = operation.schema.getQueryType();
  if (operation.operation.operation !== OperationTypeNode.QUERY || !type) return null;
  try {
    return planOperation(type, operation, conditions, count);
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
}

function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      visit(directive, { Variable: ({ name }: VariableNode) => void names.add(name.value) });
    },
  });
  return [...names];
}
