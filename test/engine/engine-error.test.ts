import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/engine-error.ts';

const said = (text: string) => new EngineError('ENGINE_ERROR', 'e', text);

describe('what an error says', () => {
  it('has no secret in it, and is known by its whole text all the same', () => {
    const error = said('HTTP 500 oauth token: denied');
    expect(error.message).toBe('HTTP 500 oauth token: [redacted]');
    expect(error.says(/denied/)).toBe(true);
    expect(JSON.stringify(error)).not.toContain('denied');
  });

  it('is cut when its secrets are hidden, not before', () => {
    const { message } = said(`${'a '.repeat(240)}https://bob:canary${'x'.repeat(40)}@host`);
    expect(message).toHaveLength(500);
    expect(message).not.toContain('canary');
  });

  it('is read as far as 4,000 characters', () => {
    const error = said(`${'a '.repeat(2_000)}denied`);
    expect(error.message).toHaveLength(500);
    expect(error.says(/denied/)).toBe(false);
  });
});
