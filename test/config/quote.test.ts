import { expect, it } from 'vitest';
import { quote } from '../../src/config/quote.ts';
import { problemsOf } from './config-inputs.ts';

it.each([
  ['tcp://u:hunter2@h', '"tcp://…@h"'],
  ['tcp://u:hun/ter2@h:2375', '"tcp://…@h:2375"'],
  ['tcp://u:hun@ter2@h', '"tcp://…@h"'],
  ['tcp://u:hun\u2028ter2@h', '"tcp://…@h"'],
  ['u:hunter2@h:2375', '"…@h:2375"'],
  ['https://h:1?certs=/x&token=hunter2', '"https://h:1?certs=/x&token=[redacted]"'],
  ['d47be411'.repeat(8), '"…"'],
  ['/run/secrets/imagegraph_token_2026_11_29', '"/run/secrets/imagegraph_token_2026_11_29"'],
  ['//u:hunter2@h', '"…@h"'],
  ['a=https://u:hunter2@h', '"a=https://…@h"'],
  [`https://u:${'hunter2'.repeat(20)}@h`, '"https://…@h"'],
  ['ssh://me@build:port', '"ssh://…@build:port"'],
  [`nginx@sha256:${'0'.repeat(64)}`, `"…@sha256:${'0'.repeat(64)}"`],
  ['unix:///run/docker.sock', '"unix:///run/docker.sock"'],
  ['', '""'],
])('%s is shown as %s', (value, shown) => {
  expect(quote(value)).toBe(shown);
});

it('what is long is cut', () => {
  expect(quote('x'.repeat(121))).toBe(`"${'x'.repeat(120)}…"`);
  expect(quote('x'.repeat(120))).toBe(`"${'x'.repeat(120)}"`);
});

it.each(['u:hunter2@h:2375', 'tcp://u:hun/ter2@h', 'https://u:hunter2@h'])(
  'DOCKER_HOST=%s shows no password',
  (host) => {
    const problems = problemsOf({ env: { DOCKER_HOST: host } });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toMatch(/hun|ter2/);
  },
);
