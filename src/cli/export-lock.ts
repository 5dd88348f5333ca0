import { EnkiError } from "../model/enki-error.ts";
import type { OutputFile } from "../model/resolution.ts";
import { didYouMean } from "../model/suggestion.ts";
import { renderCycloneDx } from "../report/cyclonedx.ts";
import { DependencyGraph } from "../report/graph.ts";
import { graphJson } from "../report/graph-json.ts";
import { renderLicences } from "../report/licences.ts";
import { plainPaint } from "../report/paint.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { RegistryFlags } from "./common-options.ts";
import { deliver } from "./deliver.ts";
import { packageVersion } from "./package-version.ts";
import { changedFiles, writeFiles } from "./project-files.ts";
import { settingsOf } from "./resolve-service.ts";
import type { Service } from "./service.ts";
import { nativeLocks, openService, refuseUnknownHosts, requireLock } from "./service.ts";

/** Flags of `enki export`. */
export interface ExportRequest extends RegistryFlags {
  readonly format?: readonly string[];
  readonly output?: string;
}

/** Writes what the lock means for other tools. */
export async function exportLock(context: CommandContext, request: ExportRequest): Promise<ExitStatus> {
  const { format: formats = [], output } = request;
  const { resolution } = requireLock(context);
  const service = await openService(context);
  refuseUnknownHosts(context, resolution, service, settingsOf(context, service, request, resolution).registries);
  const locks = nativeLocks(context, service, resolution);
  if (formats.length === 0) {
    if (output !== undefined) throw new EnkiError("usage", "--output needs one --format");
    const changed = changedFiles(context, locks);
    writeFiles(context, changed);
    for (const { path } of changed) context.shell.talk(`${context.shell.paint("dim", "wrote")} ${path}`);
    if (changed.length === 0) context.shell.talk("every native lockfile is as enki.lock says");
    return 0;
  }
  if (formats.length > 1 && output !== undefined) throw new EnkiError("usage", "--output takes one --format");
  const graph = new DependencyGraph(resolution);
  const name = service.workspace.configuration.name ?? "service";
  const reports = new Map<string, () => string>([
    ["cyclonedx", () => renderCycloneDx(graph, name, packageVersion())],
    ["licences", () => renderLicences(resolution, output === undefined ? context.shell.dataPaint : plainPaint)],
    ["json", () => graphJson(graph)],
  ]);
  for (const format of formats) {
    deliver(context, reports.get(format)?.() ?? nativeLock(format, locks, service, [...reports.keys()]), output);
  }
  return 0;
}

/** The native lockfile that a format means: its name without extension, or its ecosystem. */
function nativeLock(
  format: string,
  locks: readonly OutputFile[],
  service: Service,
  reports: readonly string[],
): string {
  const matching = locks.filter(({ path }) => formatName(path) === format);
  const [first] = matching;
  if (first !== undefined && matching.length === 1) return first.content;
  if (first !== undefined) {
    throw new EnkiError("usage", `there are several: ${matching.map(({ path }) => path).join(", ")}`, {
      hint: "enki export without --format writes each in its place",
    });
  }
  const known = [...reports, ...new Set(locks.map(({ path }) => formatName(path)))];
  const isEcosystem = service.ecosystems.has(format);
  const hint = didYouMean(format, known) ?? `this service has ${known.join(", ")}`;
  const message = isEcosystem
    ? `${format} has several lockfiles, or none; name one`
    : `there is no format ${JSON.stringify(format)}`;
  throw new EnkiError("usage", message, { hint });
}

/** `web/package-lock.json` is `package-lock`, `Cargo.lock` is `cargo-lock`, `requirements.txt` is `requirements`. */
function formatName(path: string): string {
  const file = path.split("/").at(-1) ?? path;
  return file
    .replace(/\.(?:json|toml|txt)$/, "")
    .replaceAll(".", "-")
    .toLowerCase();
}
