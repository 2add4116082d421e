import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Tells nothing of the schema but what is asked for: no guess at what was meant in place of an unknown name, from which a
 * patient client could put the schema together. GraphiQL makes its own guesses.
 * @param introspection whether the schema may be asked for
 */
export function useClosedSchema(introspection: boolean): Plugin {
  return {
    onValidate({ addValidationRule, validateFn, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      // What other plugins make of validation goes on: how many errors are looked for, above all.
      setValidationFn((schema, document, rules, options, typeInfo) =>
        validateFn(schema, document, rules, { ...options, hideSuggestions: true }, typeInfo),
      );
    },
  };
}
