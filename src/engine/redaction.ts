import type { Descriptor, ImageRow, KeyValue, ManifestRow } from './image-row.ts';
import type { Attestation, HistoryStep, ImageDetail } from './image-detail.ts';
import type { Json } from './json-values.ts';
import { hideSecrets, isSecretName, isSecretValue, MAX_SEARCHED } from './secret-forms.ts';

/**
 * Withholds what looks like a secret before anything is indexed, so that no search and no filter can tell what was
 * there. Things without any come back as they are.
 */
export interface Redaction {
  row(row: ImageRow): ImageRow;
  detail(detail: ImageDetail): ImageDetail;
  history(steps: readonly HistoryStep[]): readonly HistoryStep[];
  attestation(attestation: Attestation): Attestation;
}

/** Shows everything as the engine gives it. */
export const NO_REDACTION: Redaction = {
  row: (row) => row,
  detail: (detail) => detail,
  history: (steps) => steps,
  attestation: (attestation) => attestation,
};

/** Values of secret names, and what looks like a secret by itself (secret-forms.ts). */
export const REDACTION: Redaction = {
  row(row) {
    const isSecret = createSearch();
    return {
      ...row,
      labels: redactAll(row.labels, isSecret),
      manifests: redactManifests(row.manifests, isSecret),
      descriptor: redactDescriptor(row.descriptor, isSecret),
    };
  },
  detail(detail) {
    const isSecret = createSearch();
    return {
      ...detail,
      author: hide(detail.author),
      comment: hide(detail.comment),
      config: redactConfig(detail.config, isSecret),
      manifests: redactManifests(detail.manifests, isSecret),
      descriptor: redactDescriptor(detail.descriptor, isSecret),
    };
  },
  history: (steps) => steps.map(redactStep),
  attestation: (one) => ({
    ...one,
    descriptor: redactDescriptor(one.descriptor, createSearch()),
    statement: one.statement === null ? null : hideInJson(one.statement),
  }),
};

/**
 * Text by text, so that what is left is JSON still; whatever a secret name leads to is hidden whole, also where the name is a
 * value itself, as in { "name": "DB_PASSWORD", "value": … }. What is nested too deep to be read is withheld.
 */
function hideInJson(json: string): string | null {
  try {
    return JSON.stringify(
      JSON.parse(json, function (this: Json, key, value: unknown) {
        const { name } = this;
        const isNamed = key === 'value' && typeof name === 'string' && isSecretName(name);
        if (isNamed || (isSecretName(key) && value !== null && value !== '')) return '[redacted]';
        if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
          return hideArguments(value);
        }
        return typeof value === 'string' ? hideSecrets(value) : value;
      }),
    );
  } catch {
    return null;
  }
}

/** Whether the value of an entry has to be withheld. */
type IsSecret = (entry: KeyValue) => boolean;

/**
 * For the entries of one thing: what whoever makes images can have searched for each of them is bounded, however many
 * labels they have, and what is not searched is withheld.
 */
function createSearch(): IsSecret {
  let left = MAX_SEARCHED;
  return ({ key, value }) => {
    if (value === null || value === '') return false;
    left -= key.length + value.length;
    return left < 0 || isSecretName(key) || isSecretValue(value);
  };
}

function redactManifests(
  rows: readonly ManifestRow[] | null,
  isSecret: IsSecret,
): readonly ManifestRow[] | null {
  if (rows === null || rows.every((row) => row.descriptor.annotations.length === 0)) return rows;
  return rows.map((row) => ({ ...row, descriptor: redactDescriptor(row.descriptor, isSecret) }));
}

function redactDescriptor<Given extends Descriptor | null>(
  descriptor: Given,
  isSecret: IsSecret,
): Given {
  if (descriptor === null || descriptor.annotations.length === 0) return descriptor;
  return { ...descriptor, annotations: redactAll(descriptor.annotations, isSecret) };
}

function redactAll(entries: readonly KeyValue[], isSecret: IsSecret): readonly KeyValue[] {
  const secret = new Set(entries.filter(isSecret));
  if (secret.size === 0) return entries;
  return entries.map((entry) => (secret.has(entry) ? { key: entry.key, value: null } : entry));
}

function redactConfig(config: ImageDetail['config'], isSecret: IsSecret): ImageDetail['config'] {
  return {
    ...config,
    environment: config.environment.map(({ name, value }) => ({
      name,
      value: isSecret({ key: name, value }) ? null : value,
    })),
    labels: redactAll(config.labels, isSecret),
    entrypoint: hideArguments(config.entrypoint),
    command: hideArguments(config.command),
    shell: hideArguments(config.shell),
    onBuild: config.onBuild.map(hideSecrets),
  };
}

/** A secret may be an argument of its own, after the flag that names it. */
function hideArguments(list: readonly string[] | null): readonly string[] | null {
  if (list === null) return null;
  return list.map((text, at) => {
    const flag = /^--?([A-Za-z][\w.-]*)$/.exec(list[at - 1] ?? '')?.[1];
    const isNamed = flag !== undefined && isSecretName(flag) && !text.startsWith('-');
    return isNamed ? '[redacted]' : hideSecrets(text);
  });
}

function redactStep(step: HistoryStep): HistoryStep {
  const createdBy = hide(step.createdBy);
  const comment = hide(step.comment);
  const isSame = createdBy === step.createdBy && comment === step.comment;
  return isSame ? step : { ...step, createdBy, comment, isRedacted: createdBy !== step.createdBy };
}

function hide(text: string | null): string | null {
  return text === null ? null : hideSecrets(text);
}
