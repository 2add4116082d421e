import { type GraphQLError, ValuesOfCorrectTypeRule, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { coded, forgetCallers, ownError, validationError } from './shown-error.ts';

/**
 * Gives errors of parsing and validation their codes and texts, before the document's errors are kept.
 * @param most errors of one answer
 */
export function codeRequests(most: number): Pick<Plugin<Context>, 'onParse' | 'onValidate'> {
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
      // More of them, which nobody would see, may take longer than all else.
      setValidationFn((schema, document, ruled, options, types) =>
        validateFn(schema, document, ruled, { ...options, maxErrors: most }, types),
      );
      return ({ result, setResult }) => {
        if (result.length === 0) return;
        // One more says that there are too many.
        const errors = result.slice(0, most).map((error) => validationError(error));
        errors.forEach(forgetCallers);
        setResult(errors);
      };
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
