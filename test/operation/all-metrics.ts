import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { createMetrics } from '../../src/operation/metrics/metrics.ts';
import { type Series, seriesOf } from './metrics-text.ts';

/** Every metric that a process has. */
export async function allMetrics(): Promise<Series[]> {
  const metrics = createMetrics('1.0.0');
  metrics.watch({ indexes: new Map(), events: createImageEventLog() });
  return seriesOf((await metrics.text()).body);
}
