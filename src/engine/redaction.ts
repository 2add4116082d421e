import type { Descriptor, ImageRow, KeyValue, ManifestRow } from './image-row.ts';
import type { Attestation, HistoryStep, ImageDetail } from './image-detail.ts';
import type { Json } from './json-values.ts';
import { HIDDEN } from './command-secrets.ts';
import { createHiding, createSearch, type Hide, type IsSecret } from './bounded-search.ts';
import { hideSecrets, isSecretName } from './secret-forms.ts';

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
    const hide = createHiding();
    return {
      ...detail,
      author: hide(detail.author),
      comment: hide(detail.comment),
      config: redactConfig(detail.config, isSecret, hide),
      manifests: redactManifests(detail.manifests, isSecret),
      descriptor: redactDescriptor(detail.descriptor, isSecret),
    };
  },
  history(steps) {
    const hide = createHiding();
    return steps.map((step) => redactStep(step, hide));
  },
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
        if (isNamed || (isSecretName(key) && value !== null && value !== '')) return HIDDEN;
        if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
          return hideArguments(value, hideSecrets);
        }
        return typeof value === 'string' ? hideSecrets(value) : value;
      }),
    );
  } catch {
    return null;
  }
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

function redactConfig(
  config: ImageDetail['config'],
  isSecret: IsSecret,
  hide: Hide,
): ImageDetail['config'] {
  return {
    ...config,
    environment: config.environment.map(({ name, value }) => ({
      name,
      value: isSecret({ key: name, value }) ? null : value,
    })),
    labels: redactAll(config.labels, isSecret),
    entrypoint: hideArguments(config.entrypoint, hide),
    command: hideArguments(config.command, hide),
    shell: hideArguments(config.shell, hide),
    onBuild: config.onBuild.map((text) => hide(text)),
  };
}

/** A secret may be an argument of its own, after the flag that names it. */
function hideArguments(
  list: readonly string[] | null,
  hide: (text: string) => string,
): readonly string[] | null {
  if (list === null) return null;
  return list.map((text, at) => {
    const flag = /^--?([A-Za-z][\w.-]*)$/.exec(list[at - 1] ?? '')?.[1];
    const isNamed = flag !== undefined && isSecretName(flag) && !text.startsWith('-');
    return isNamed ? HIDDEN : hide(text);
  });
}

function redactStep(step: HistoryStep, hide: Hide): HistoryStep {
  const createdBy = hide(step.createdBy);
  const comment = hide(step.comment);
  const isSame = createdBy === step.createdBy && comment === step.comment;
  return isSame ? step : { ...step, createdBy, comment, isRedacted: createdBy !== step.createdBy };
}
