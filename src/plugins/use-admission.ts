import { getHeapStatistics } from 'node:v8';
import type { DocumentNode, ExecutionArgs, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { createBulkhead, isRefused } from '../engine/bulkhead.ts';
import { overloaded } from '../errors.ts';
import { sizesOf } from '../limits/document-size.ts';
import type { Limits } from '../limits/limits.ts';
import { onAbort } from '../on-abort.ts';

/** What so many bytes of heap bear of the largest operations. */
const PLACES = 24;
const HEAP_BYTES = 256 * 1024 * 1024;
/** Operations that may wait for a place. Each holds its request, which may be of 256 KB. */
const LINE = 100;
/** How long one waits, in milliseconds: another gateway, or another second, may have a place by then. */
const WAIT_MS = 5_000;
/** What hardly holds anything: one thing or one list, and a few fields of it. */
const SMALL = { depth: 3, fields: 6 };

/**
 * Bounds the operations that are executed at the same time: each holds what it has made and read so far until it is
 * answered. Small ones pass, so that look-ups and questions for health are answered while large ones wait. After all
 * plugins that execute.
 */
export function useAdmission(schema: GraphQLSchema, limits: Limits): Plugin<Context> {
  const places = createBulkhead(limits.operations || placesOfHeap(), LINE);
  const known = new WeakMap<DocumentNode, boolean>();
  const isSmall = (document: DocumentNode): boolean => {
    const small = known.get(document) ?? isSmallDocument(document, schema);
    known.set(document, small);
    return small;
  };
  return {
    onExecute({ args: { document, contextValue }, executeFn, setExecuteFn }) {
      if (isSmall(document)) return;
      const { signal } = contextValue.loaders;
      setExecuteFn(async (request: ExecutionArgs) => {
        const wait = createWait(signal);
        try {
          return await places.run(async () => {
            wait.end();
            return executeFn(request);
          }, wait.signal);
        } catch (error) {
          throw isRefused(error) ? overloaded() : error;
        } finally {
          wait.end();
        }
      });
    },
  };
}

function placesOfHeap(): number {
  return Math.max(1, Math.floor(getHeapStatistics().heap_size_limit / HEAP_BYTES)) * PLACES;
}

function isSmallDocument(document: DocumentNode, schema: GraphQLSchema): boolean {
  return sizesOf(document, schema).every(
    ({ depth, fields }) => depth <= SMALL.depth && fields <= SMALL.fields,
  );
}

/** Aborted with the operation, or when it has waited for too long, until the waiting ends. */
function createWait(operation: AbortSignal) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(overloaded()), WAIT_MS).unref();
  const stopHearing = onAbort(operation, () => controller.abort(operation.reason));
  return {
    signal: controller.signal,
    end(): void {
      clearTimeout(timer);
      stopHearing();
    },
  };
}
