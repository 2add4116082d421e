import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { configOf, createCertificate } from '../config/config-inputs.ts';
import { allMetrics } from '../operation/all-metrics.ts';

const textOf = (file: string) =>
  readFileSync(new URL(`../../packaging/${file}`, import.meta.url), 'utf8');
const TOKEN = `${'0'.repeat(64)}\n`;

describe('packaging/imagegraph.service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-unit-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const unit = textOf('imagegraph.service');
  const settings = unit.split('\n').filter((line) => /^\w+=/.test(line));

  it('runs the program as nobody in particular, with what is needed to read the socket', () => {
    expect(settings).toEqual(
      expect.arrayContaining([
        'DynamicUser=yes',
        'SupplementaryGroups=docker',
        'NoNewPrivileges=yes',
        'ProtectSystem=strict',
        'CapabilityBoundingSet=',
      ]),
    );
    const [, argv = ''] = /^ExecStart=\S+ (.*)$/m.exec(unit) ?? [];
    const given = argv.replace('${CREDENTIALS_DIRECTORY}', '/credentials').split(' ');
    const files = { '/credentials/token': TOKEN, '/run/docker.sock': { kind: 'socket' } } as const;
    expect(configOf({ argv: given, files })).toMatchObject({
      tokenFile: '/credentials/token',
      engines: [{ endpoint: { kind: 'socket', path: '/run/docker.sock' } }],
    });
  });

  it.runIf(spawnSync('systemd-analyze', ['--version']).error === undefined)(
    'is what systemd understands, and exposes little',
    () => {
      const file = join(folder, 'imagegraph.service');
      // A program that is there.
      writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', file]);
      expect([verified.status, verified.stderr.toString()]).toEqual([0, '']);
      const security = ['security', '--offline=true', '--no-pager', '--threshold=20', file];
      expect(spawnSync('systemd-analyze', security).status).toBe(0);
    },
  );
});

describe('packaging/kubernetes.yaml', () => {
  const [deployment, service] = parseAllDocuments(textOf('kubernetes.yaml')).map((document) =>
    document.toJS(),
  );
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;

  it('runs as little as it needs', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      11 + container.lifecycle.preStop.sleep.seconds,
    );
  });

  it('configures the gateway, and asks its probes', () => {
    const pair = createCertificate();
    const env = Object.fromEntries(container.env.map(({ name, value }: any) => [name, value]));
    const at = '/run/secrets/engine';
    const files = {
      [String(env['IMAGEGRAPH_TOKEN_FILE'])]: TOKEN,
      [`${at}/ca.pem`]: pair.cert,
      [`${at}/cert.pem`]: pair.cert,
      [`${at}/key.pem`]: pair.key,
    };
    expect(configOf({ env: { ...env, IMAGEGRAPH_HOST: '0.0.0.0' }, files })).toMatchObject({
      engines: [{ name: 'build', endpoint: { kind: 'tls' } }],
      allowHosts: ['imagegraph', 'imagegraph:80'],
    });
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name);
  });
});

describe('packaging/alerts.yaml', () => {
  const rules = parse(textOf('alerts.yaml')).groups[0].rules as { expr: string; for?: string }[];

  it('asks for metrics and labels that there are', async () => {
    const names = new Set((await allMetrics()).map(({ name }) => name));
    for (const { expr } of rules) {
      const asked = [...expr.matchAll(/\b(?:imagegraph|nodejs|process)_\w+/g)].map(([name]) =>
        name.replace(/_bucket$/, ''),
      );
      expect(expr.startsWith('up{') || asked.length > 0).toBe(true);
      expect([expr, asked.filter((name) => !names.has(name))]).toEqual([expr, []]);
    }
  });
});

describe('packaging/traefik.yaml and prometheus.yaml', () => {
  it('are read', () => {
    const { http } = parse(textOf('traefik.yaml'));
    expect(http.services[http.routers.imagegraph.service].loadBalancer.servers).toHaveLength(1);
    expect(parse(textOf('prometheus.yaml')).rule_files).toEqual(['alerts.yaml']);
  });
});
