import { afterAll, beforeAll, expect, it } from 'vitest';
import { tarOf } from '../engines/archive.ts';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { type Program, start } from '../main/program.ts';
import { describeEach } from './each-engine.ts';
import { LABEL, localName } from './operations.ts';
import { removeAll } from './removal.ts';

/** Twenty secrets, each a text that is nowhere else: by name, and by form under names that say nothing. */
const word = (number: number): string => `Zq${number}Xk9Rt4Vb7Nm2Hs`;
const URL = (user: string) => `https://${user}@db.example.com/x`;
const VARIABLES: Readonly<Record<string, string>> = {
  DB_PASSWORD: word(1),
  MYSQL_PWD: word(2),
  githubToken: word(3),
  API_KEY: word(4),
  SESSION: word(5),
  SENTRY_DSN: word(6),
  DATABASE: URL(`app:${word(7)}`),
  HEADER: `Bearer ${word(8)}`,
  UPSTREAM: `ghp_${word(9)}${word(9)}`,
  NOISE: `${word(10)}aB3dE6gH9`,
};
const LABELS: Readonly<Record<string, string>> = {
  'com.example.secret': word(11),
  'com.example.credentials': word(12),
  'com.example.origin': URL(word(13)),
  'com.example.cookie': word(14),
};
/** In instructions, of which history tells. */
const STEPS = [
  `ARG BUILD_TOKEN=${word(15)}`,
  'COPY one /one',
  `ENTRYPOINT ["/app", "--password=${word(16)}", "--token", "${word(17)}"]`,
  `CMD ["--connect", "${URL(`me:${word(18)}`)}"]`,
  `ONBUILD ENV AUTH=${word(19)}`,
  `MAINTAINER ${URL(word(20))}`,
];
const SEEDED = Array.from({ length: 20 }, (_, at) => word(at + 1));

const FIELDS = `imageId author comment labels { key value redacted } label(key: "com.example.secret")
  oci { title } config { environment { name value redacted } entrypoint command onBuild shell }
  history { createdBy comment redacted } layers { createdBy }
  manifests { descriptor { annotations { key value } } config { environment { name value } entrypoint command } history { createdBy } }
  descriptor { annotations { key value } }`;

describeEach(
  await findRealEngines(),
  'an image with twenty secrets on $name',
  (subject: TestEngine) => {
    const name = `${localName(subject, 'secrets')}:1`;
    let program: Program;

    beforeAll(async () => {
      await removeAll(subject);
      const quoted = (entries: Readonly<Record<string, string>>) =>
        Object.entries(entries)
          .map(([key, value]) => `"${key}"="${value}"`)
          .join(' ');
      const variables = Object.entries(VARIABLES).map(([key, value]) => `ENV ${key}="${value}"`);

      const dockerfile = [
        'FROM scratch',
        `LABEL ${LABEL}`,
        ...variables,
        `LABEL ${quoted(LABELS)}`,
        ...STEPS,
      ];
      const input = await tarOf({ Dockerfile: dockerfile.join('\n'), one: 'one' });
      await runCli(subject, ['build', '-q', '-t', name, '-'], {
        input,
        env: { DOCKER_BUILDKIT: '0' },
      });
      const limits = ['--limit', 'aliases=40', '--limit', 'rootFields=40'];
      program = await start({ args: ['--engine', `e=${subject.url}`, ...limits] });
    }, 120_000);
    afterAll(async () => {
      await program?.stop();
      await removeAll(subject);
    });

    it('shows that there are some, and none of them', async () => {
      const { data, errors } = await program.ask(`{ image(reference: "${name}") { ${FIELDS} } }`);
      expect(errors).toBeUndefined();
      const { image } = data;
      const byName = new Map(image.config.environment.map((one: any) => [one.name, one]));
      for (const variable of Object.keys(VARIABLES)) {
        expect(byName.get(variable)).toEqual({ name: variable, value: null, redacted: true });
      }
      for (const key of Object.keys(LABELS)) {
        expect(image.labels).toContainEqual({ key, value: null, redacted: true });
      }
      expect(image.label).toBeNull();
      expect(image.history.some(({ redacted }: any) => redacted)).toBe(true);
      expect(image.config.entrypoint[0]).toContain('/app');
      expect(seen(JSON.stringify(data))).toEqual([]);
    });

    it('does not let anyone guess them', async () => {
      const guesses = SEEDED.map(
        (secret, at) => `s${at}: images(filter: { search: "${secret}" }) { totalCount }
        l${at}: images(filter: { labels: [{ key: "com.example.secret", value: "${secret}" }] }) { totalCount }`,
      );
      const { data, errors } = await program.ask(`{ ${guesses.join('\n')} }`);
      expect(errors).toBeUndefined();
      expect(Object.values(data).filter(({ totalCount }: any) => totalCount > 0)).toEqual([]);
    });

    it('tells none in errors, logs and metrics', async () => {
      const { errors } = await program.ask(`{ image(reference: "${name}") { nothing } }`);
      expect(errors).toHaveLength(1);
      const metrics = await (await fetch(program.url.replace('/graphql', '/metrics'))).text();
      expect(metrics).toContain('imagegraph_requests_total');
      const told = [JSON.stringify(errors), program.stderr(), program.stdout(), metrics];
      expect(seen(told.join('\n'))).toEqual([]);
    });

    it('shows all of them to whoever says --reveal-secrets', async () => {
      const open = await start({ args: ['--engine', `e=${subject.url}`, '--reveal-secrets'] });
      const { data } = await open.ask(`{ image(reference: "${name}") { ${FIELDS} } }`);
      await open.stop();
      expect(seen(JSON.stringify(data)).length).toBeGreaterThan(18);
    });
  },
);

function seen(text: string): readonly string[] {
  return SEEDED.filter((secret) => text.includes(secret));
}
