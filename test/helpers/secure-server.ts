import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";

import { temporaryDirectory } from "./temporary-directory.ts";

/** Whether certificates can be made; prints why a test is skipped when not. */
export function hasOpenssl(): boolean {
  const isThere = spawnSync("openssl", ["version"]).status === 0;
  if (!isThere) console.warn("skipped: openssl cannot be started");
  return isThere;
}

/** A server on 127.0.0.1 behind TLS, with a certificate that nobody knows. */
export interface SecureServer {
  readonly url: string;
  /** The certificate, which is its own authority, as a PEM file and as its text. */
  readonly certificateFile: string;
  readonly certificate: string;
  readonly requests: readonly IncomingMessage["headers"][];
  /** The common name in the certificate that each request came with; empty for none. */
  readonly callers: readonly string[];
  /** Files of a certificate for a client, which the server's own certificate answers for, and its key. */
  certificateFor(client: string): { readonly certfile: string; readonly keyfile: string };
}

/** Where a server sends on, by path. */
type Redirects = ReadonlyMap<string, string>;

/**
 * Serves texts by path; stops with the test that started it. It asks clients for a certificate, and may demand one.
 */
export async function startSecureServer(
  texts: ReadonlyMap<string, string>,
  options: { readonly demandsCertificate?: boolean; readonly redirects?: Redirects } = {},
): Promise<SecureServer> {
  const directory = temporaryDirectory();
  const [keyFile, certificateFile] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  const subject = ["-subj", "/CN=enki-test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"];
  const openssl = (...arguments_: readonly string[]): unknown =>
    execFileSync("openssl", arguments_, { cwd: directory, stdio: "ignore" });
  openssl("req", "-x509", ...newKey, keyFile, "-out", certificateFile, ...subject);
  const certificate = readFileSync(certificateFile, "utf8");
  const requests: IncomingMessage["headers"][] = [];
  const callers: string[] = [];
  const mutual = { ca: certificate, requestCert: true, rejectUnauthorized: options.demandsCertificate === true };
  const server = createServer({ key: readFileSync(keyFile), cert: certificate, ...mutual }, (request, response) => {
    requests.push(request.headers);
    callers.push(commonName(request.socket as TLSSocket));
    const location = options.redirects?.get(request.url ?? "");
    if (location !== undefined) return response.writeHead(302, { location }).end();
    const text = texts.get(request.url ?? "");
    return response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const certificateFor = (client: string): ReturnType<SecureServer["certificateFor"]> => {
    const [certfile, keyfile] = [join(directory, `${client}.pem`), join(directory, `${client}.key`)];
    openssl("req", "-new", ...newKey, keyfile, "-out", "request.pem", "-subj", `/CN=${client}`);
    const by = ["-CA", certificateFile, "-CAkey", keyFile, "-CAcreateserial"];
    openssl("x509", "-req", "-in", "request.pem", ...by, "-out", certfile, "-days", "2");
    return { certfile, keyfile };
  };
  return { url, certificateFile, certificate, requests, callers, certificateFor };
}

function commonName(socket: TLSSocket): string {
  // Without a certificate there is an object without anything.
  const { subject } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  return String(subject?.CN ?? "");
}
