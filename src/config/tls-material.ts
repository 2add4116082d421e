import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { TlsMaterial } from '../engine/endpoint.ts';
import type { ConfigFiles } from './config-files.ts';

/**
 * The ca.pem, cert.pem and key.pem of a folder, as Docker names them; what is not there is left out.
 * A problem when they cannot be used together.
 */
export function readTlsMaterial(
  folder: string,
  files: ConfigFiles,
): { readonly material: TlsMaterial } | { readonly problem: string } {
  const entries = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const text = files.readText(join(folder, `${name}.pem`));
    return text === null ? [] : [[name, text] as const];
  });
  const material: TlsMaterial = Object.fromEntries(entries);
  const problem = tlsProblem(material);
  return problem === null ? { material } : { problem: `in ${folder}, ${problem}` };
}

/** What is wrong with PEM texts that shall be used together; null when nothing is. */
export function tlsProblem({ ca, cert, key }: TlsMaterial): string | null {
  if ((cert === undefined) !== (key === undefined)) {
    return 'a certificate and its key are only of use together; add the other one';
  }
  // OpenSSL takes a CA file without any certificate for an empty list, and then trusts nobody.
  if (ca !== undefined && !isCertificate(ca)) {
    return 'the CA file holds no PEM certificate; give the one of the authority that signs the other side';
  }
  try {
    createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the PEM files cannot be used (${reason}); a key needs to fit its certificate and to have no passphrase`;
  }
}

/** Curves that clients of TLS offer. */
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/**
 * What is wrong with a certificate that shall be served; null when nothing is. OpenSSL takes any kind of key, also those that
 * no client agrees to.
 */
export function servedCertificateProblem(cert: string): string | null {
  if (!isCertificate(cert)) {
    return 'the certificate file holds no PEM certificate; give one, with those between it and its authority after it';
  }
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = new X509Certificate(cert)
    .publicKey;
  const isServed = kind === 'ec' ? CURVES.has(details?.namedCurve) : SERVED_KEYS.has(kind);
  return isServed
    ? null
    : `clients take no certificate with a key of this kind (${kind}); give one with an RSA or P-256 key`;
}

const SERVED_KEYS: ReadonlySet<string | undefined> = new Set([
  'rsa',
  'rsa-pss',
  'ed25519',
  'ed448',
]);

function isCertificate(text: string): boolean {
  try {
    return text.includes('-----BEGIN CERTIFICATE-----') && new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
