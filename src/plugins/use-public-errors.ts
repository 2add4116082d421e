import { type GraphQLError, ValuesOfCorrectTypeRule, type ValidationContext } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { requestIdOf } from '../request-id.ts';
import {
  coded,
  forgetCallers,
  ownError,
  rootCause,
  toShown,
  validationError,
} from './shown-error.ts';

/** Told of every error whose cause clients do not see, and the id of its request if it has one. */
export type HiddenErrorLog = (error: unknown, code: ErrorCode, requestId: string | null) => void;

/**
 * Gives every error its code and the text of that code, and hides what it came from: nothing that an
 * engine said, no value that was sent, no stack. What is hidden goes to the log.
 * @param most errors of one answer; the first of each engine and code go before repetitions
 */
export function usePublicErrors(log: HiddenErrorLog, most: number): Plugin<Context> {
  const show = (error: GraphQLError, request: Request): GraphQLError =>
    toShown(error, (cause, code) => {
      const requestId = requestIdOf(request);
      log(cause, code, requestId);
      return requestId === null ? {} : { requestId };
    });
  const shown = (errors: readonly GraphQLError[], request: Request): GraphQLError[] =>
    firstOfEach(withoutRepetitions(errors, most).map((error) => show(error, request))).slice(
      0,
      most,
    );
  return {
    onParse() {
      return ({ result, replaceParseResult }) => {
        if (!(result instanceof Error)) return;
        const own = ownError(result) !== null;
        const error = own ? result : coded(result, 'GRAPHQL_PARSE_FAILED');
        forgetCallers(error);
        replaceParseResult(error);
      };
    },
    onValidate({ params, addValidationRule, validateFn, setValidationFn }) {
      const rules = (params.rules ?? []) as unknown[];
      const at = rules.indexOf(ValuesOfCorrectTypeRule);
      if (at >= 0) rules.splice(at, 1);
      addValidationRule(CodedValuesRule);
      // Suggestions for hundreds of misspelt fields, which nobody would see, take longer than all else.
      setValidationFn((schema, document, ruled, options, types) =>
        validateFn(schema, document, ruled, { ...options, maxErrors: most }, types),
      );
      return ({ result, setResult }) => {
        if (result.length === 0) return;
        const errors = result.slice(0, most).map((e) => validationError(e));
        errors.forEach(forgetCallers);
        setResult(errors);
      };
    },
    onExecute({ args }) {
      return {
        onExecuteDone({ result, setResult }) {
          const { reported } = args.contextValue;
          if (reported.length === 0 || Symbol.asyncIterator in result) return;
          const { errors = [] } = result as ExecutionResult;
          setResult({ ...result, errors: [...errors, ...reported] });
        },
      };
    },
    onSubscribe({ args }) {
      const { request } = args.contextValue;
      return {
        onSubscribeResult: () => ({
          onNext({ result, setResult }) {
            const errors = [...(result.errors ?? []), ...args.contextValue.reported];
            if (errors.length > 0) setResult({ ...result, errors: shown(errors, request) });
          },
        }),
        onSubscribeError({ error, setError }) {
          // Nobody reads what an event fails with whose client has left.
          if (!args.contextValue.signal.aborted) setError(show(error as GraphQLError, request));
        },
      };
    },
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      if (result.errors === undefined) return;
      setResult({ ...result, errors: shown(result.errors, request) } as never);
    },
  };
}

/** Reports literals of a wrong type with their code and without their value. */
function CodedValuesRule(context: ValidationContext) {
  const reporting = Object.create(context, {
    reportError: {
      value: (error: GraphQLError) =>
        context.reportError(ownError(error) === null ? coded(error, 'BAD_USER_INPUT') : error),
    },
  }) as ValidationContext;
  return ValuesOfCorrectTypeRule(reporting);
}

/** The first few errors of each cause, which a hundred thousand fields may share; more are never shown. */
function withoutRepetitions(
  errors: readonly GraphQLError[],
  most: number,
): readonly GraphQLError[] {
  const seen = new Map<Error, number>();
  return errors.filter((error) => {
    const cause = rootCause(error);
    const times = (seen.get(cause) ?? 0) + 1;
    seen.set(cause, times);
    return times <= most;
  });
}

function firstOfEach(errors: readonly GraphQLError[]): GraphQLError[] {
  const kinds = new Set<string>();
  const isFirst = ({ extensions }: GraphQLError) => {
    const kind = `${String(extensions['code'])} ${String(extensions['engine'])}`;
    return kinds.size < kinds.add(kind).size;
  };
  const first = errors.map(isFirst);
  return [...errors.filter((_, at) => first[at]), ...errors.filter((_, at) => !first[at])];
}
