import { afterEach, expect, it } from 'vitest';
import { type Program, start } from '../main/program.ts';

let program: Program;
afterEach(() => program.stop());

const begin = async (env: Record<string, string>) =>
  void (program = await start({ args: ['--engine', 'sample'], env }));
const warnings = () =>
  program
    .stderr()
    .split('\n')
    .filter((line) => line.includes('a setting of traces cannot be used'));

it('an endpoint that is no URL is told: spans go elsewhere', async () => {
  await begin({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' });
  await expect.poll(warnings).toHaveLength(1);
  expect(warnings()[0]).toContain("'collector'");
});

it('a sampler that there is not is told', async () => {
  const OTEL_TRACES_SAMPLER = 'sometimes';
  await begin({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER });
  await expect.poll(() => warnings()[0]).toContain('OTEL_TRACES_SAMPLER');
});

it('no password of an endpoint is told', async () => {
  await begin({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:hun'ter2@no host" });
  await expect.poll(warnings).toHaveLength(1);
  expect(program.stderr()).not.toMatch(/hun|ter2/);
});
