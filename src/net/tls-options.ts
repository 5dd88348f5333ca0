import { createSecureContext, rootCertificates } from "node:tls";
import type { SecureContext } from "node:tls";

import { EnkiError } from "../model/enki-error.ts";
import type { ClientCertificate, ConnectionSettings } from "./http-client.ts";

/** What is said to Node about the certificates of one kind of connection; nothing where its own way is right. */
export interface TlsOptions {
  readonly secureContext?: SecureContext;
  readonly rejectUnauthorized?: false;
}

/**
 * Whom to trust, and what to show: the authorities of the connection alone, else Node's own and `furtherAuthorities`.
 * Throws an EnkiError (`network`) where a text holds no certificate, or a key that does not belong to it.
 */
export function tlsOptions(
  connection: ConnectionSettings | undefined,
  furtherAuthorities: readonly string[] | undefined,
  shown: ClientCertificate | undefined,
): TlsOptions {
  const further = furtherAuthorities === undefined ? undefined : [...rootCertificates, ...furtherAuthorities];
  const trusted = connection?.certificateAuthorities ?? further;
  return {
    ...(connection?.acceptsAnyCertificate === true && { rejectUnauthorized: false }),
    ...((trusted !== undefined || shown !== undefined) && { secureContext: contextOf(trusted, shown) }),
  };
}

/** Reading a hundred certificates takes tens of milliseconds: once, not for every connection. */
function contextOf(trusted: readonly string[] | undefined, shown: ClientCertificate | undefined): SecureContext {
  try {
    return createSecureContext({
      ...(trusted !== undefined && { ca: [...trusted] }),
      ...(shown !== undefined && { cert: shown.certificate, key: shown.key }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = shown === undefined ? "the certificate authorities" : `the client certificate for ${shown.place}`;
    throw new EnkiError("network", `${what} can't be used: ${reason}`, {
      hint: "certificates and keys are PEM texts, keys without a passphrase",
      cause: error,
    });
  }
}
