import type { SystemName } from "../../../model/target.ts";
import { evaluateCfg, parsePlatform } from "./platform.ts";

/** What rustc says about the targets behind the systems that Enki locks for. */
interface TargetFacts {
  readonly triple: string;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

const systems: ReadonlyMap<SystemName, TargetFacts> = new Map([
  ["aarch64-darwin", darwin("aarch64")],
  ["aarch64-linux", linux("aarch64")],
  ["x86_64-darwin", darwin("x86_64")],
  ["x86_64-linux", linux("x86_64")],
]);

function linux(architecture: string): TargetFacts {
  return facts(`${architecture}-unknown-linux-gnu`, architecture, { os: "linux", env: "gnu", vendor: "unknown" });
}

function darwin(architecture: string): TargetFacts {
  return facts(`${architecture}-apple-darwin`, architecture, { os: "macos", env: "", vendor: "apple" });
}

function facts(
  triple: string,
  architecture: string,
  { os, env, vendor }: { readonly os: string; readonly env: string; readonly vendor: string },
): TargetFacts {
  return {
    triple,
    flags: new Set(["unix", "debug_assertions", "panic"]),
    values: new Map([
      ["target_os", os],
      ["target_env", env],
      ["target_vendor", vendor],
      ["target_arch", architecture],
      ["target_family", "unix"],
      ["target_pointer_width", "64"],
      ["target_endian", "little"],
      ["panic", "unwind"],
    ]),
  };
}

/** Whether a target condition holds on a system; everything does on a system that is not known. */
export function isForSystem(target: string | undefined, system: SystemName): boolean {
  const known = systems.get(system);
  const platform = target === undefined ? undefined : parsePlatform(target);
  if (known === undefined || platform === undefined || typeof platform === "string") return true;
  if (platform.kind === "triple") return platform.triple === known.triple;
  return evaluateCfg(platform.cfg, (name, value) =>
    value === undefined
      ? known.flags.has(name)
      : known.values.get(name) === value || (name === "target_has_atomic" && /^(?:8|16|32|64|ptr)$/u.test(value)),
  );
}
