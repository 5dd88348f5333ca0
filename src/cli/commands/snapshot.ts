import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addPolicyOptions } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface SnapshotFlags extends NetworkFlags, PolicyFlags {
  readonly output?: string;
  readonly replay?: string;
  readonly json?: boolean;
}

/** `enki snapshot`: the problem that a resolution solves, as a file that can be sent and solved again. */
export function addSnapshotCommand(program: Command, run: RunAction): void {
  const command = program
    .command("snapshot")
    .summary("capture the problem that a resolution solves, or solve a captured one again")
    .description(
      "Resolves without the pins of enki.lock and without writing locks, and gives the problem that the solver was asked: names, versions, ranges and reasons, as the registries publish them, and the requirements of the manifests. It holds no file contents, no credentials and no absolute paths. With several systems it is the problem of the one without an answer, or of the last.",
    )
    .argument("[manifest...]", "manifests to resolve, instead of those that enki.toml names or a search finds")
    .option("-o, --output <file>", "write to this file instead of stdout")
    .option("--replay <file>", "solve a captured problem, without registries, and print the outcome")
    .option("--json", "print the outcome of a replay as JSON");
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [
    ["enki snapshot -o problem.json", "capture the problem of the service here, for a report"],
    ["enki snapshot --replay problem.json", "solve it again: answer, decisions, conflicts, time"],
    ["enki explain problem.json", "why it has no answer"],
  ]);
  command.action(async (manifests: readonly string[]) => {
    const flags: SnapshotFlags = command.opts();
    await run(command, async (context) => {
      const { replay, takeSnapshot } = await import("../take-snapshot.ts");
      return flags.replay === undefined
        ? takeSnapshot(context, flags, manifests)
        : replay(context, flags, flags.replay, manifests);
    });
  });
}
