import type { Command } from "commander";
import { Option } from "commander";
import { TOOL_FLAGS } from "../workspace/settings.ts";
import type { SettingFlags } from "../workspace/settings.ts";

/** Flags of every command that asks registries. */
export interface NetworkFlags {
  readonly offline?: boolean;
  readonly refresh?: boolean;
  readonly cache: boolean;
  readonly prefetch?: boolean;
}

/** The flag that says which registries are meant. */
export interface RegistryFlags {
  readonly registry?: readonly string[];
}

/** Flags that shape the answer. */
export interface PolicyFlags extends RegistryFlags {
  readonly system?: readonly string[];
  readonly python?: string;
  readonly node?: string;
  readonly rust?: string;
  readonly ocaml?: string;
  readonly resolution?: string;
  readonly prerelease?: string;
  readonly excludeNewer?: string;
  readonly strictEngines?: boolean;
  readonly peers?: string;
  readonly maxSteps?: string;
  readonly timeout?: string;
}

/** What every command writes or prints once it has an answer. */
export interface OutcomeFlags {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly nix?: boolean;
  readonly locks: boolean;
}

/** Gathers the values of a flag that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** Adds `--dry-run`, `--json`, `--nix` and `--no-locks`. */
export function addOutcomeOptions(command: Command): Command {
  return command
    .option("--dry-run", "say what would change; write nothing")
    .option("--json", "print the outcome as JSON on stdout")
    .option("--nix", "write the Nix files too ([outputs] nix in enki.toml)")
    .option("--no-locks", "do not write native lockfiles ([outputs] locks in enki.toml)");
}

/** Adds `--offline`, `--refresh`, `--prefetch` and `--no-cache`. */
export function addNetworkOptions(command: Command): Command {
  return command
    .optionsGroup("Network:")
    .option("--offline", "ask the network for nothing; use what is cached (ENKI_OFFLINE)")
    .option("--refresh", "solve again, and ask again for everything that may have changed")
    .option("--prefetch", "download files whose registry publishes no strong hash, check them, and lock a sha512")
    .option("--no-cache", "neither read nor write the cache on disk (ENKI_NO_CACHE)");
}

/** Adds `--registry`. */
export function addRegistryOption(command: Command): Command {
  const purpose = "where packages of an ecosystem come from (ENKI_REGISTRY_<ECO>)";
  return command.addOption(new Option("--registry <eco=url|path>", purpose).argParser(collect));
}

/** Adds the flags that shape the answer. */
export function addPolicyOptions(command: Command): Command {
  return addRegistryOption(command.optionsGroup("Answer:"))
    .addOption(new Option("--system <system>", "a system to resolve for, repeatable (ENKI_SYSTEM)").argParser(collect))
    .option("--python <range>", "the Python to resolve for: 3.12, >=3.11 (ENKI_PYTHON)")
    .option("--node <range>", "the Node.js to resolve for (ENKI_NODE)")
    .option("--rust <range>", "the Rust to resolve for (ENKI_RUST)")
    .option("--ocaml <range>", "the OCaml to resolve for (ENKI_OCAML)")
    .option("--exclude-newer <date>", "ignore what was published later: 2026-05-01, 30 days (ENKI_EXCLUDE_NEWER)")
    .option("--prerelease <policy>", "if-necessary, pep440, allow, disallow or explicit (ENKI_PRERELEASE)")
    .option("--resolution <policy>", "highest, lowest or lowest-direct (ENKI_RESOLUTION)")
    .option("--strict-engines", "toolchain wishes that are only warned about become requirements (ENKI_STRICT_ENGINES)")
    .option("--peers <policy>", "npm's conflicting peers: strict, npm or legacy (ENKI_PEERS)")
    .option("--max-steps <count>", "give up after this many decisions and conflicts (ENKI_MAX_STEPS)")
    .option("--timeout <duration>", "give up after this time: 90, 90s, 5m (ENKI_TIMEOUT)");
}

/** The flags in the words of the settings. */
export function settingFlags(flags: PolicyFlags): SettingFlags {
  const tools = new Map<string, string>();
  for (const tool of TOOL_FLAGS.keys()) {
    const range = toolFlag(flags, tool);
    if (range !== undefined) tools.set(tool, range);
  }
  return { ...flags, tools };
}

function toolFlag(flags: PolicyFlags, tool: string): string | undefined {
  if (tool === "python") return flags.python;
  if (tool === "node") return flags.node;
  if (tool === "rust") return flags.rust;
  return tool === "ocaml" ? flags.ocaml : undefined;
}
