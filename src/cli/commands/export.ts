import type { Command } from "commander";
import { Option } from "commander";
import type { RunAction } from "../command-context.ts";
import type { RegistryFlags } from "../common-options.ts";
import { addRegistryOption } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface ExportFlags extends RegistryFlags {
  readonly format?: readonly string[];
  readonly output?: string;
}

/** `enki export`: lock in, files for other tools out; no network. */
export function addExportCommand(program: Command, run: RunAction): void {
  const command = program
    .command("export")
    .summary("write what other tools read: native lockfiles, an SBOM, JSON")
    .description(
      "Turns enki.lock into files of other tools, without network. Without --format, writes every native lockfile in its place.",
    )
    .addOption(
      new Option(
        "--format <format>",
        "cyclonedx, licences, json, or a native lockfile by its name (package-lock, cargo-lock, pylock, requirements …); repeatable",
      ).argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]),
    )
    .option("-o, --output <file>", "write to this file instead of stdout");
  addRegistryOption(command);
  withExamples(command, [
    ["enki export", "write every native lockfile in its place"],
    ["enki export --format cyclonedx -o sbom.json", "a bill of materials with package URLs"],
    ["enki export --format requirements", "the requirements with hashes, on stdout"],
  ]);
  command.action(async () => {
    const flags: ExportFlags = command.opts();
    await run(command, async (context) => {
      const { exportLock } = await import("../export-lock.ts");
      return exportLock(context, flags);
    });
  });
}
