import type { Ask } from './asking.ts';
import type { DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Attestation } from './image-detail.ts';
import { platformQuery } from './image-call.ts';
import { asObject, asText, type Json } from './json-values.ts';
import { toDescriptor } from './manifest-mapping.ts';
import { nullWhenGone } from './null-when-gone.ts';
import type { Redaction } from './redaction.ts';
import { readLargeJson } from './read-body.ts';

/** Statements are read from the store, and may be of megabytes. */
const ATTESTATIONS_MS = 3_000;
/** Engine 29.6. */
const ATTESTATIONS = 55;

/** What tells of attestations. */
export function createAttestationVerb(
  name: string,
  docker: DockerFor,
  ask: Ask,
  redaction: Redaction,
): Pick<Engine, 'attestations'> {
  return {
    attestations: async (id, platform, withStatement, signal) => {
      const asked = ask(signal, async (facts) => {
        if (!canTellAttestations(facts)) {
          throw new EngineError('UNSUPPORTED_BY_ENGINE', name, 'no /attestations');
        }
        const query = {
          ...platformQuery(platform),
          ...(withStatement === null ? {} : { type: withStatement, statement: '1' }),
        };
        const { api } = facts;
        const call = { api, headTimeoutMs: ATTESTATIONS_MS, signal, read: readLargeJson, query };
        // dockerode has no method for it: the path is that of a history, with another end.
        return (await docker(call, 'attestations').getImage(id).history()) as unknown;
      });
      const found = await nullWhenGone(asked);
      if (!Array.isArray(found)) return null;
      const all = found.map((item) => toAttestation(asObject(item))).filter((one) => one !== null);
      return all.map(redaction.attestation);
    },
  };
}

/** Graph drivers answer 501, everything older 404; the embedded engine answers at any version. */
function canTellAttestations({ store, api }: EngineFacts): boolean {
  return store === 'OCI_LAYOUT' || (store === 'CONTAINERD' && api >= ATTESTATIONS);
}

function toAttestation(json: Json): Attestation | null {
  const descriptor = toDescriptor(json['Descriptor']);
  const predicateType = asText(json['PredicateType']);
  if (descriptor === null || predicateType === null) return null;
  const statement = json['Statement'];
  return {
    predicateType,
    descriptor,
    statement: statement === undefined || statement === null ? null : toText(statement),
  };
}

/** Null for what is nested deeper than can be written. */
function toText(statement: unknown): string | null {
  try {
    return JSON.stringify(statement);
  } catch {
    return null;
  }
}
