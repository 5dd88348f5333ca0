import { isAbsolute, join } from "node:path";
import type { ClientCertificate, ConnectionSettings, HttpClient } from "../../net/http-client.ts";
import type { SourceContext } from "../ecosystem.ts";
import type { CertificateFiles, NpmConfiguration } from "./npm-configuration.ts";

const endOfCertificate = "-----END CERTIFICATE-----";

type Context = Pick<SourceContext, "files" | "projectDirectory" | "environmentVariables" | "report">;

/**
 * How npm's configuration says that servers are reached: `https-proxy`, else `proxy`, for every URL that `noproxy` does
 * not exclude; `cafile`, else `ca`, as the only authorities to trust; without looking at certificates when `strict-ssl` is
 * false, with a warning; and with the client certificate of `certfile` and `keyfile` of a place, else of `cert` and `key`.
 * `undefined` when it says nothing. A file that is not there is a warning, because npm does without it too.
 */
export function npmConnection(configuration: NpmConfiguration, context: Context): ConnectionSettings | undefined {
  const said = (key: string): string | undefined => {
    const value = configuration.get(key);
    return value === undefined || ["", "null", "false", "undefined"].includes(value) ? undefined : value;
  };
  const proxy = said("https-proxy") ?? said("proxy");
  const noProxy = said("noproxy");
  const certificateAuthorities = authoritiesOf(said("cafile"), said("ca"), context);
  const acceptsAnyCertificate = configuration.get("strict-ssl") === "false";
  if (acceptsAnyCertificate) {
    const message =
      "npm's configuration has strict-ssl=false: no certificate is checked, so anyone between here and a registry can answer in its place";
    const help = "remove it, and name the authority of the registry's certificate as cafile in .npmrc";
    context.report({ code: "unchecked-certificates", severity: "warning", message, help });
  }
  const clientCertificateFor = clientCertificates(configuration, certificateOf(said("cert"), said("key")), context);
  const settings: ConnectionSettings = {
    ...(proxy !== undefined && { proxy }),
    ...(noProxy !== undefined && { noProxy }),
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
    ...(acceptsAnyCertificate && { acceptsAnyCertificate }),
    ...(clientCertificateFor !== undefined && { clientCertificateFor }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function authoritiesOf(
  cafile: string | undefined,
  ca: string | undefined,
  context: Context,
): readonly string[] | undefined {
  if (cafile !== undefined) {
    const text = textOf("cafile", cafile, context);
    if (text !== undefined) return certificatesIn(text);
  }
  return ca === undefined ? undefined : certificatesIn(withLineEnds(ca));
}

function textOf(key: string, file: string, context: Context): string | undefined {
  const { files, projectDirectory, environmentVariables, report } = context;
  const home = environmentVariables["HOME"] ?? environmentVariables["USERPROFILE"] ?? "";
  const path = file.startsWith("~/") ? join(home, file.slice(2)) : file;
  const bytes = files.readFile(isAbsolute(path) ? path : join(projectDirectory, path));
  if (bytes !== undefined) return Buffer.from(bytes).toString("utf8");
  const message = `npm's configuration names ${file} as ${key}, which can't be read`;
  report({ code: `missing-${key}`, severity: "warning", message, help: "correct or remove it in .npmrc" });
  return undefined;
}

/** A line of a configuration file can't hold the line ends of a certificate. */
function withLineEnds(value: string): string {
  return value.replaceAll(String.raw`\n`, "\n");
}

function certificatesIn(text: string): readonly string[] {
  const parts = text.replaceAll("\r\n", "\n").split(endOfCertificate).slice(0, -1);
  return parts.map((part) => `${part.slice(Math.max(0, part.indexOf("-----BEGIN")))}${endOfCertificate}\n`);
}

function certificateOf(cert: string | undefined, key: string | undefined): ClientCertificate | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return { place: "every registry", certificate: withLineEnds(cert), key: withLineEnds(key) };
}

/** Which certificate a server is shown: that of the place, read when it is first needed, else the one for all. */
function clientCertificates(
  configuration: NpmConfiguration,
  forAll: ClientCertificate | undefined,
  context: Context,
): ConnectionSettings["clientCertificateFor"] {
  if (forAll === undefined && !configuration.hasCertificateFiles) return undefined;
  const read = new Map<string, ClientCertificate | undefined>();
  return (url) => {
    const files = configuration.certificateFilesFor(url);
    if (files === undefined) return forAll;
    if (!read.has(files.place)) read.set(files.place, readCertificate(files, context));
    return read.get(files.place) ?? forAll;
  };
}

function readCertificate(
  { place, certfile, keyfile }: CertificateFiles,
  context: Context,
): ClientCertificate | undefined {
  const certificate = textOf("certfile", certfile, context);
  const key = textOf("keyfile", keyfile, context);
  return certificate === undefined || key === undefined ? undefined : { place, certificate, key };
}

/** The same client, with every request sent that way. */
export function connectedBy(connection: ConnectionSettings | undefined, http: HttpClient): HttpClient {
  if (connection === undefined) return http;
  const { kept } = http;
  return {
    fetch: (request) => http.fetch({ ...request, connection }),
    ...(kept === undefined ? {} : { kept: (request) => kept.call(http, { ...request, connection }) }),
  };
}
