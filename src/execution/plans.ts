import { type DocumentNode, OperationTypeNode, type VariableNode, visit } from 'graphql';
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

/** The plans of a document, and what tells them apart. */
interface PlannedDocument {
  /** The variables that @skip and @include name. */
  readonly conditions: readonly string[];
  readonly plans: Map<string, Plan>;
}

/** A document has as many plans as its conditions have combinations, but needs few of them at a time. */
const MAX_PLANS = 16;

/** Finds the plan of an operation, or makes it. */
export type PlanOf = (
  document: DocumentNode,
  operation: Operation,
  variables: Readonly<Record<string, unknown>>,
) => Plan;

/** Keeps the plans of a document for as long as whoever parsed it keeps the document. */
export function createPlans(): PlanOf {
  const documents = new WeakMap<DocumentNode, PlannedDocument>();
  return (document, operation, variables) => {
    const known = documents.get(document) ?? {
      conditions: conditionsOf(document),
      plans: new Map(),
    };
    documents.set(document, known);
    const given = Object.fromEntries(known.conditions.map((name) => [name, variables[name]]));
    const key = JSON.stringify([operation.operation.name?.value, given]);
    const plan = known.plans.get(key) ?? { selection: select(operation, given), rest: 0 };
    if (known.plans.size >= MAX_PLANS) known.plans.clear();
    known.plans.set(key, plan);
    return plan;
  };
}

function select(operation: Operation, conditions: Readonly<Record<string, unknown>>) {
  const type = operation.schema.getQueryType();
  if (operation.operation.operation !== OperationTypeNode.QUERY || !type) return null;
  try {
    return planOperation(type, operation, conditions);
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
