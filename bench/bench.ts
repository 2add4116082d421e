import { benchFirstPage } from './first-page.ts';
import { benchMemory } from './memory.ts';
import { report } from './report.ts';

/** Everything that docs/performance.md says, measured in one run. */
await report([...(await benchFirstPage()), ...(await benchMemory())]);
