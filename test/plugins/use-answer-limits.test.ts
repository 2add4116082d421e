import { afterEach, expect, it, vi } from 'vitest';
import type { ImageView } from '../../src/image-index/image-view.ts';
import { EngineError } from '../../src/engine/engine-error.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

afterEach(() => void vi.useRealTimers());

/** Asked when everything stands still but the clock. @param late what becomes of a list at the deadline */
async function ask(query: string, late: (reject: (error: Error) => void) => void) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const index = createFixedIndex('e', manyImages(2));
  const { read } = index;
  index.read = (signal) => ({
    ...read(signal),
    images: () =>
      new Promise<ImageView>((_, reject) => {
        signal.addEventListener('abort', () => late(reject));
      }),
  });
  const gateway = createIndexGateway([index]);
  const answered = gateway.ask(query);
  const [answer] = await Promise.all([answered, vi.advanceTimersByTimeAsync(20_500)]);
  return answer;
}

const QUERY = '{ engine { status } images { totalCount } }';

it('an operation that works on when its time is up is ended', async () => {
  const { status, errors, data } = await ask(QUERY, () => {});
  expect(status).toBe(503);
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
});

it('one that only its engine was too slow for is answered without what that has', async () => {
  const { status, errors, data } = await ask(QUERY, (reject) =>
    reject(new EngineError('ENGINE_TIMEOUT', 'e', 'after 20 s')),
  );
  expect(status).toBe(200);
  expect(data).toEqual({ engine: { status: 'READY' }, images: null });
  expect(errors).toMatchObject([{ extensions: { code: 'ENGINE_TIMEOUT', engine: 'e' } }]);
});
