import { getVariableValues } from '@graphql-tools/executor';
import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { PublicError } from '../errors.ts';
import { hasMoreValues } from '../limits/value-count.ts';

/** A hundred references, entities or conditions of a filter have some thousand. */
const MAX_VALUES = 10_000;
const TOO_MANY = `Send ${MAX_VALUES} values in variables and extensions at most.`;

/**
 * Refuses variables of very many values before anything looks at them: in memory each takes as much as a hundred
 * characters of the request. Before all plugins that execute.
 */
export function useVariableLimits(): Plugin {
  return {
    onParams({ params: { variables, extensions } }) {
      if (hasMoreValues([variables, extensions], MAX_VALUES))
        throw new PublicError('BAD_USER_INPUT', TOO_MANY);
    },
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((request: ExecutionArgs) => refused(request) ?? executeFn(request));
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn((request: ExecutionArgs) => refused(request) ?? subscribeFn(request));
    },
  };
}

/** What is wrong with a value, told once: graphql-tools puts the whole variable into each of fifty errors. */
function refused({ variableValues, ...args }: ExecutionArgs): ExecutionResult | null {
  const most = { maxErrors: 1 };
  const { errors } = getVariableValues(
    args.schema,
    definitionsOf(args),
    variableValues ?? {},
    most,
  );
  return errors === undefined ? null : { errors: errors.slice(0, 1) };
}

function definitionsOf({ document, operationName }: ExecutionArgs) {
  return getOperationAST(document, operationName)?.variableDefinitions ?? [];
}
