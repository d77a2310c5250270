import { randomBytes, webcrypto } from 'node:crypto';

/** A certificate authority of its own, for one run: nothing of it is written to disk, and nobody trusts it unasked. */
export interface Authority {
  /** The root certificate, PEM: what `--ca-file` takes. */
  readonly caPem: string;
  /** A server certificate for host names and IP addresses, PEM. */
  issue(names: readonly string[]): Promise<{ readonly key: string; readonly cert: string }>;
}

const oneDayMs = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes a root certificate. Valid from the day before `now` until the day after, so that a skewed clock does no harm. */
export async function makeAuthority(now: Date): Promise<Authority> {
  // The library injects its parts through reflect-metadata and fails to load without it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');

  const validity = {
    notBefore: new Date(now.getTime() - oneDayMs),
    notAfter: new Date(now.getTime() + oneDayMs),
    signingAlgorithm: algorithm,
  };

  const rootKeys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: newSerial(),
    name: 'CN=aispm loopback authority',
    keys: rootKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });

  return {
    caPem: root.toString('pem'),
    async issue(names) {
      const keys = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity,
        serialNumber: newSerial(),
        subject: `CN=${names[0] ?? 'localhost'}`,
        issuer: root.subject,
        publicKey: keys.publicKey,
        signingKey: rootKeys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((name) => ({ type: isAddress(name) ? ('ip' as const) : ('dns' as const), value: name })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
      return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
    },
  };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

// A serial number is positive: the first bit stays clear.
function newSerial(): string {
  return `0${randomBytes(16).toString('hex').slice(1)}`;
}

function isAddress(name: string): boolean {
  return name.includes(':') || /^[0-9.]+$/.test(name);
}
