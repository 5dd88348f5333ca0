import { isAbsolute, join } from "node:path";
import type { ConnectionSettings, HttpClient } from "../../net/http-client.ts";
import type { SourceContext } from "../ecosystem.ts";
import type { NpmConfiguration } from "./npm-configuration.ts";

const endOfCertificate = "-----END CERTIFICATE-----";

/**
 * How npm's configuration says that servers are reached: `https-proxy`, else `proxy`, for every URL that `noproxy` does
 * not exclude; `cafile`, else `ca`, as the only authorities to trust. `undefined` when it says nothing. A `cafile` that is
 * not there is a warning, because npm does without it too.
 */
export function npmConnection(
  configuration: NpmConfiguration,
  context: Pick<SourceContext, "files" | "projectDirectory" | "environmentVariables" | "report">,
): ConnectionSettings | undefined {
  const said = (key: string): string | undefined => {
    const value = configuration.get(key);
    return value === undefined || ["", "null", "false", "undefined"].includes(value) ? undefined : value;
  };
  const proxy = said("https-proxy") ?? said("proxy");
  const noProxy = said("noproxy");
  const certificateAuthorities = authoritiesOf(said("cafile"), said("ca"), context);
  if (proxy === undefined && noProxy === undefined && certificateAuthorities === undefined) return undefined;
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(certificateAuthorities === undefined ? {} : { certificateAuthorities }),
  };
}

function authoritiesOf(
  cafile: string | undefined,
  ca: string | undefined,
  { files, projectDirectory, environmentVariables, report }: Parameters<typeof npmConnection>[1],
): readonly string[] | undefined {
  if (cafile !== undefined) {
    const home = environmentVariables["HOME"] ?? environmentVariables["USERPROFILE"] ?? "";
    const path = cafile.startsWith("~/") ? join(home, cafile.slice(2)) : cafile;
    const bytes = files.readFile(isAbsolute(path) ? path : join(projectDirectory, path));
    if (bytes !== undefined) return certificatesIn(Buffer.from(bytes).toString("utf8"));
    const message = `npm's configuration names ${cafile} as cafile, which can't be read`;
    report({ code: "missing-cafile", severity: "warning", message, help: "correct or remove it in .npmrc" });
  }
  // A line of a configuration file can't hold the line ends of a certificate.
  return ca === undefined ? undefined : certificatesIn(ca.replaceAll(String.raw`\n`, "\n"));
}

function certificatesIn(text: string): readonly string[] {
  const parts = text.replaceAll("\r\n", "\n").split(endOfCertificate).slice(0, -1);
  return parts.map((part) => `${part.slice(Math.max(0, part.indexOf("-----BEGIN")))}${endOfCertificate}\n`);
}

/** The same client, with every request sent that way. */
export function connectedBy(connection: ConnectionSettings | undefined, http: HttpClient): HttpClient {
  if (connection === undefined) return http;
  const { kept } = http;
  return {
    fetch: (request) => http.fetch({ ...request, connection }),
    ...(kept === undefined ? {} : { kept: kept.bind(http) }),
  };
}
