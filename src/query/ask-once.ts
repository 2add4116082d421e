import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import type { Question } from '../config/question.ts';
import { createGateway, type GatewayOptions } from '../gateway.ts';
import type { FollowedEngines } from '../follow-engines.ts';
import { toTable } from './table.ts';

/** How long an engine may take until it is asked without having answered, in milliseconds. */
const FIRST_ATTEMPT_MS = 10_000;
const QUERIES_ONLY =
  'imagegraph query answers queries only. Start imagegraph, and subscribe there.\n';

/** What was printed, and how the program ends: 1 where the answer has errors. */
export interface Asked {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: 0 | 1;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[] }[];
}

/** Answers one question through the same schema as the server, without a server. */
export async function askOnce(
  engines: FollowedEngines,
  { query, variables, table }: Question,
  { federation, limits }: Required<Pick<GatewayOptions, 'federation' | 'limits'>>,
): Promise<Asked> {
  if (isSubscription(query)) return { stdout: '', stderr: QUERIES_ONLY, code: 1 };
  await engines.settled(FIRST_ATTEMPT_MS);
  const response = await createGateway({ ...engines, federation, limits }).fetch(
    'http://localhost/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    },
  );
  const answer = (await response.json()) as Answer;
  const errors = answer.errors ?? [];
  const code = errors.length > 0 ? 1 : 0;
  if (!table) return { stdout: `${toJson(answer)}\n`, stderr: '', code };
  const lines = errors.map(({ message, path }) => `${path?.join('.') ?? 'query'}: ${message}\n`);
  return { stdout: toTable(answer.data), stderr: lines.join(''), code };
}

/** What is no GraphQL is none: the gateway says what is wrong with it. */
function isSubscription(query: string): boolean {
  try {
    return getOperationAST(parse(query))?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false;
  }
}

/** Characters that a terminal would obey are escaped, as JSON may. */
function toJson(answer: Answer): string {
  return JSON.stringify(answer, null, 2).replaceAll(/[\u007f-\u009f]|\p{Cf}/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      const unit = character.charCodeAt(at).toString(16).padStart(4, '0');
      return `\\u${unit}`;
    }).join(''),
  );
}
