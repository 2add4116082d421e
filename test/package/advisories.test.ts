import { expect, it } from 'vitest';
import { installed } from './installed.ts';

/**
 * Advisories against what is installed with the package, which is newer: npm audit asks a registry for all of them, which
 * not every registry answers. Whoever adds or changes a dependency looks it up, and adds what there is.
 */
const ADVISORIES: readonly (readonly [name: string, fixedIn: string, advisory: string])[] = [
  ['@grpc/grpc-js', '1.14.4', 'GHSA-5375-pq7m-f5r2, GHSA-99f4-grh7-6pcq'],
  ['@opentelemetry/core', '2.8.0', 'GHSA-8988-4f7v-96qf'],
  ['dockerode', '5.0.0', 'GHSA-w5hq-g745-h8pq, of uuid'],
  ['graphql-yoga', '5.21.3', 'prototype pollution in its parser of multipart bodies'],
  ['protobufjs', '7.6.5', 'GHSA-j3f2-48v5-ccww, GHSA-f38q-mgvj-vph7, GHSA-wcpc-wj8m-hjx6'],
  ['ssh2', '1.15.0', 'GHSA-45x7-px36-x8w8'],
  ['tar-fs', '2.1.4', 'CVE-2025-59343, GHSA-8cj5-5rvv-wf4v'],
];

it.each(ADVISORIES)('%s is of %s or newer (%s)', (name, fixedIn) => {
  const versions = installed()
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version = '' }]) => version);
  expect(versions).not.toEqual([]);
  for (const version of versions) {
    expect([version, compareVersions(version, fixedIn)]).not.toContain(-1);
  }
});

const compareVersions = (a: string, b: string) =>
  Math.sign(a.localeCompare(b, 'en', { numeric: true }));
