import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { PublicError } from '../errors.ts';
import type { TrustedDocuments } from '../trusted-documents/trusted-documents.ts';

/** A request by GraphQL over HTTP, as its draft has it now, and as Apollo's clients send it. */
interface Params extends GraphQLParams {
  readonly documentId?: unknown;
}

/**
 * Runs documents by the ids that clients send in their place; with trusted documents, those alone. Without any, no id
 * is known, and clients of automatic persisted queries send the query then.
 */
export function usePersistedDocuments(trusted: TrustedDocuments | null): Plugin {
  return {
    onParams({ params, setParams }) {
      const id = idOf(params);
      if (id === null) return;
      const { documentId: _, ...rest } = params as Params;
      const text = trusted?.textOf(id);
      if (text === undefined && rest.query == null) {
        throw new PublicError('PERSISTED_QUERY_NOT_FOUND');
      }
      setParams(text === undefined ? rest : { ...rest, query: text });
    },
    onParse({ params, setParsedDocument }) {
      if (trusted === null) return;
      const document = trusted.documentOf(String(params.source));
      if (document === undefined) {
        throw new PublicError('TRUSTED_DOCUMENTS_ONLY', undefined, { http: { status: 400 } });
      }
      setParsedDocument(document);
    },
  };
}

function idOf(params: unknown): string | null {
  const { documentId, extensions } = Object(params) as Params;
  const persisted = Object(extensions?.['persistedQuery']) as { readonly sha256Hash?: unknown };
  const id = documentId ?? persisted.sha256Hash;
  return typeof id === 'string' ? id : null;
}
