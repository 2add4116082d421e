import type { ExecutionResult } from 'graphql';
import type { AnswerSize } from '../limits/answer-size.ts';

/**
 * A result whose data is written already: Yoga's processors write what stringify says. Errors that stand beside the
 * data, or extensions, are added after it as JSON.stringify would. @throws PublicError where it is too long
 */
export function writtenResult(json: string, size: AnswerSize): ExecutionResult {
  size.whole(json);
  const stringify = (final: ExecutionResult): string => {
    const beside = JSON.stringify({ ...final, data: undefined });
    return beside === '{}' ? `{"data":${json}}` : `{"data":${json},${beside.slice(1)}`;
  };
  return { data: {}, stringify } as ExecutionResult;
}
