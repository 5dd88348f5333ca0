import { canonicalJson } from "../model/canonical-json.ts";
import { neutralise } from "../model/neutralise.ts";
import type { PackageChange } from "../report/lock-diff.ts";
import { diffResolutions } from "../report/lock-diff.ts";
import type { Paint } from "../report/paint.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { openService, requireLock } from "./service.ts";
import { reportUnresolvable, stoppedError } from "./unresolved.ts";

/** Flags of `enki outdated`. */
export interface OutdatedRequest extends NetworkFlags, PolicyFlags {
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

/** Shows the pins that a fresh resolution would change. */
export async function showOutdated(context: CommandContext, request: OutdatedRequest): Promise<ExitStatus> {
  const { shell } = context;
  const { resolution } = requireLock(context);
  const service = await openService(context);
  const settings = settingsOf(context, service, request, resolution);
  const { result } = await solve(context, service, settings, request, undefined);
  if (result.kind === "unsatisfiable") {
    const failed = { context, service, settings, flags: request, previous: undefined };
    return reportUnresolvable(failed, result, request.json === true);
  }
  if (result.kind === "stopped") throw stoppedError(result);
  const changes = diffResolutions(resolution, result.resolution);
  if (request.json === true) {
    shell.data(
      canonicalJson(changes.map(({ ecosystem, name, before, after }) => ({ ecosystem, name, before, after }))),
    );
  } else if (changes.length > 0) {
    shell.data(table(changes, shell.dataPaint));
  }
  if (changes.length === 0) shell.talk("every pin is the newest that the manifests allow");
  return request.exitCode === true && changes.length > 0 ? 1 : 0;
}

function table(changes: readonly PackageChange[], paint: Paint): string {
  const header = ["Ecosystem", "Package", "Locked", "Available"];
  const rows = changes.map(({ ecosystem, name, before, after }) => [
    neutralise(ecosystem),
    neutralise(name),
    before.map(neutralise).join(", ") || "-",
    after.map(neutralise).join(", ") || "-",
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [paint("heading", line(header)), ...rows.map(line)].join("\n");
}
