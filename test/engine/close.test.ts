import { expect, it, onTestFinished } from 'vitest';
import { frozen } from '../faults/broken-answers.ts';
import { INSPECTS, startFaultEngine } from '../faults/fault-engine.ts';
import { connectTo } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';

it('a connection that is closed ends its calls, and none of them is made once more', async () => {
  const http = await startFaultEngine();
  onTestFinished(http.stop);
  const engine = connectTo('e', http.dial);
  await engine.ready();
  http.fail(frozen, INSPECTS);
  const asked = engine.inspectImage(idOf(1), AbortSignal.timeout(10_000));
  await expect.poll(() => http.underWay(INSPECTS)).toBe(1);
  engine.close();
  await expect(asked).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  expect(http.underWay(INSPECTS)).toBe(0);
  const calls = http.calls.length;
  await expect(engine.listImages(AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
  });
  expect(http.calls).toHaveLength(calls);
});
