import type { Command } from "commander";
import { Option } from "commander";
import { EnkiError } from "../../model/enki-error.ts";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, OutcomeFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addOutcomeOptions, addPolicyOptions } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface ResolveFlags extends NetworkFlags, OutcomeFlags, PolicyFlags {
  readonly locked?: boolean;
  readonly frozen?: boolean;
  readonly all?: string;
  readonly explain: "prose" | "tree";
}

/** `enki resolve`: manifests in, enki.lock and what follows from it out. */
export function addResolveCommand(program: Command, run: RunAction): void {
  const command = program
    .command("resolve")
    .alias("lock")
    .summary("resolve the service and write enki.lock and native lockfiles")
    .description(
      "Resolves every manifest of the service as one problem and writes enki.lock, the native lockfiles and, when asked, Nix files that follow from it.",
    )
    .argument("[manifest...]", "manifests to resolve, instead of those that enki.toml names or a search finds")
    .option("--locked", "change nothing; fail if enki.lock or a native lockfile would change")
    .addOption(new Option("--frozen").hideHelp())
    .addOption(
      new Option("--explain <format>", "how to say why there is no answer").choices(["prose", "tree"]).default("prose"),
    )
    .option("--all <ecosystem>", "resolve every package of a registry by itself and report those without an answer");
  addOutcomeOptions(command);
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [
    ["enki resolve", "resolve the service in this directory"],
    ["enki resolve --locked", "in CI: fail when the lock is out of date"],
    ["enki resolve --offline --registry opam=../opam-repository", "without network, over a local registry"],
    [
      "enki resolve --all opam --registry opam=../opam-repository",
      "which packages of a repository have no answer, and why",
    ],
    ["enki resolve --exclude-newer '7 days' --dry-run", "what a week-old world would give"],
  ]);
  command.action(async (manifests: readonly string[]) => {
    const flags: ResolveFlags = command.opts();
    await run(command, async (context) => {
      if (flags.frozen === true) {
        // Other tools mean three things by it, so none of them would be a safe guess.
        throw new EnkiError("usage", "there is no --frozen", {
          hint: "--locked fails when a lockfile would change; `enki check` compares the lock with the manifests, without network",
        });
      }
      if (flags.all !== undefined) {
        const { checkAll } = await import("../registry-check/check-all.ts");
        return checkAll(context, flags, flags.all);
      }
      const { resolveAndWrite } = await import("../resolve-and-write.ts");
      return resolveAndWrite(context, flags, { manifests });
    });
  });
}
