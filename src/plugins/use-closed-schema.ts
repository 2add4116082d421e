import { NoSchemaIntrospectionCustomRule, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Tells nothing of the schema but what is asked for: no guess at what was meant in place of an unknown name, from which a
 * patient client could put the schema together. GraphiQL makes its own guesses.
 * @param introspection whether the schema may be asked for
 */
export function useClosedSchema(introspection: boolean): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules, options, typeInfo) =>
        validate(schema, document, rules, { ...options, hideSuggestions: true }, typeInfo),
      );
    },
  };
}
