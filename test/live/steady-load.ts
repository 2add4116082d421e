import type { ErrorCode } from '../../src/errors.ts';

/** What came of one request, times by performance.now. */
export interface Outcome {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly data: any;
  readonly codes: readonly (ErrorCode | undefined)[];
}

/** Requests that go on whatever comes of them. */
export interface SteadyLoad {
  readonly outcomes: readonly Outcome[];
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Sends these queries in turn, so many a second, until it is stopped. */
export function startSteadyLoad(
  url: string,
  queries: readonly string[],
  perSecond: number,
): SteadyLoad {
  const outcomes: Outcome[] = [];
  const pending = new Set<Promise<unknown>>();
  let sent = 0;
  const timer = setInterval(() => {
    const asked = ask(url, queries[sent++ % queries.length] ?? '').then((one) =>
      outcomes.push(one),
    );
    pending.add(asked);
    void asked.finally(() => pending.delete(asked));
  }, 1_000 / perSecond);
  return {
    outcomes,
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
    },
  };
}

interface Body {
  readonly data?: any;
  readonly errors?: readonly { readonly extensions?: { readonly code: ErrorCode } }[];
}

/** Longer than any answer may take. */
const PATIENCE_MS = 30_000;

async function ask(url: string, query: string): Promise<Outcome> {
  const sentAt = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { data, errors = [] }: Body = await response.json();
    const codes = errors.map(({ extensions }) => extensions?.code);
    return { sentAt, answeredAt: performance.now(), status: response.status, data, codes };
  } catch {
    return { sentAt, answeredAt: performance.now(), status: 0, data: null, codes: [] };
  }
}
