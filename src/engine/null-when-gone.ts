import { EngineError } from './engine-error.ts';

/** What was asked for; null where the engine has no such thing. @throws EngineError for anything else */
export async function nullWhenGone<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
