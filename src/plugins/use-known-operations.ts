import { GraphQLError, type OperationDefinitionNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses operations of a kind that the schema has none of, which graphql-js finds valid and fails to execute. */
export function useKnownOperations(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(KnownOperationsRule);
    },
  };
}

function KnownOperationsRule(context: ValidationContext) {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`There is no ${node.operation} here.`, { nodes: node }));
    },
  };
}
