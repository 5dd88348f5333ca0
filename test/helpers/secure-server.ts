import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
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
}

/** Serves texts by path; stops with the test that started it. */
export async function startSecureServer(texts: ReadonlyMap<string, string>): Promise<SecureServer> {
  const directory = temporaryDirectory();
  const [keyFile, certificateFile] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  const subject = ["-subj", "/CN=enki-test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  execFileSync("openssl", ["req", "-x509", ...made, "-out", certificateFile, ...subject], { stdio: "ignore" });
  const certificate = readFileSync(certificateFile, "utf8");
  const requests: IncomingMessage["headers"][] = [];
  const server = createServer({ key: readFileSync(keyFile), cert: certificate }, (request, response) => {
    requests.push(request.headers);
    const text = texts.get(request.url ?? "");
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, certificateFile, certificate, requests };
}
