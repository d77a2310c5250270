// Node's names for a certificate that cannot be trusted: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/;

/** A sentence where a certificate is the reason, with what can be done about it; `undefined` where something else is. */
export function certificateSentence(code: string, host: string): string | undefined {
  if (!certificateCodes.test(code)) return undefined;
  const the = `the certificate of ${host}`;
  if (code === 'CERT_HAS_EXPIRED') return `${the} has expired (${code}): it has to be renewed there, or this machine's clock is wrong`;
  if (code === 'CERT_NOT_YET_VALID') return `${the} is not valid yet (${code}): this machine's clock may be wrong`;
  if (/ALTNAME|HOSTNAME_MISMATCH/.test(code)) return `${the} is for another name (${code}): name the host as its certificate does`;
  return `${the} is not trusted (${code}): pass the authority that signed it with --ca-file, or set NODE_EXTRA_CA_CERTS`;
}

/** Node's error code, looked for along the chain of causes, or `undefined`. */
export function networkCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(at.code)) return at.code;
  }
  return undefined;
}
