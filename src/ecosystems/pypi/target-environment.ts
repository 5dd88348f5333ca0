/** What a target means to Python: values of marker variables, and the wheels that can be installed. No Python is asked. */
import { EnkiError } from "../../model/enki-error.ts";
import type { Target } from "../../model/target.ts";
import { bestRank, compatibleTags, tagRanks } from "./pep/compatible-tags.ts";
import { evaluateMarker, type MarkerResult } from "./pep/marker-evaluation.ts";
import type { Marker } from "./pep/marker.ts";
import type { Platform } from "./pep/platform-tags.ts";
import type { Tag } from "./pep/tag.ts";
import { parseVersion, type Version } from "./pep/version.ts";

/** The Python that is assumed when no toolchain was settled. */
export const defaultPython = "3.13.0";

/** The glibc that nixpkgs has had for years, and the macOS that its binaries ask for. */
const defaultPlatforms: ReadonlyMap<string, Platform> = new Map<string, Platform>([
  ["x86_64-linux", { kind: "manylinux", major: 2, minor: 39, machine: "x86_64" }],
  ["aarch64-linux", { kind: "manylinux", major: 2, minor: 39, machine: "aarch64" }],
  ["i686-linux", { kind: "manylinux", major: 2, minor: 39, machine: "i686" }],
  ["x86_64-darwin", { kind: "macos", major: 14, minor: 0, machine: "x86_64" }],
  ["aarch64-darwin", { kind: "macos", major: 14, minor: 0, machine: "arm64" }],
  ["x86_64-windows", { kind: "windows", machine: "x86_64" }],
  ["aarch64-windows", { kind: "windows", machine: "aarch64" }],
]);

/** The systems for which locks tell which wheel is installed. */
export const lockedSystems: readonly string[] = ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"];

/** One target as Python sees it. */
export class TargetEnvironment {
  readonly system: string;
  readonly pythonText: string;
  readonly python: Version;
  readonly #variables: ReadonlyMap<string, string>;
  readonly #withExtra = new Map<string, ReadonlyMap<string, string>>();
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #target: Target;
  readonly #platform: string | undefined;
  readonly #others = new Map<string, TargetEnvironment>();

  /** `platform` replaces the platform of the system: `manylinux_2_28`, `musllinux_1_2`, `macosx_13_0`. */
  constructor(target: Target, platform?: string) {
    this.#target = target;
    this.#platform = platform;
    this.system = target.system;
    this.pythonText = target.tools.get("python") ?? defaultPython;
    const python = parseVersion(this.pythonText);
    if (python === undefined) {
      throw new EnkiError("invalid-configuration", `${this.pythonText} is not a version of Python`);
    }
    this.python = python;
    this.#variables = markerVariables(target.system, this.pythonText, python);
    const interpreter = { major: Number(python.release[0] ?? 3), minor: Number(python.release[1] ?? 0) };
    const tags = compatibleTags(interpreter, platformOf(target.system, platform));
    this.#ranks = tagRanks(tags);
  }

  /** The same Python on another system. */
  on(system: string): TargetEnvironment {
    return this.#other({ ...this.#target, system });
  }

  /** Another Python on the same system. */
  withPython(version: string): TargetEnvironment {
    return this.#other({ ...this.#target, tools: new Map([...this.#target.tools, ["python", version]]) });
  }

  #other(target: Target): TargetEnvironment {
    const key = `${target.system} ${target.tools.get("python") ?? ""}`;
    let other = this.#others.get(key);
    if (other === undefined) {
      other = new TargetEnvironment(target, this.#platform);
      this.#others.set(key, other);
    }
    return other;
  }

  /** Whether a marker holds, with one extra active or none. `undefined`: it asks for what has no value here. */
  holds(marker: Marker | undefined, extra = ""): MarkerResult {
    if (marker === undefined) return true;
    let variables = this.#withExtra.get(extra);
    if (variables === undefined) {
      variables = new Map([...this.#variables, ["extra", extra]]);
      this.#withExtra.set(extra, variables);
    }
    return evaluateMarker(marker, { variables });
  }

  /** The place of a wheel's best tag in the order of preference (lower is better); `undefined` when it can't be installed. */
  wheelRank(tags: readonly Tag[]): number | undefined {
    return bestRank(
      this.#ranks,
      tags.map(({ text }) => text),
    );
  }
}

/** Marker variables of a system and a Python (PEP 508, "Environment markers"). Facts of one machine are empty. */
export function markerVariables(system: string, pythonText: string, python: Version): ReadonlyMap<string, string> {
  const dash = system.lastIndexOf("-");
  const cpu = system.slice(0, dash);
  const kernel = system.slice(dash + 1);
  const isDarwin = kernel === "darwin";
  const isWindows = kernel === "windows";
  const machine = isDarwin && cpu === "aarch64" ? "arm64" : isWindows ? (cpu === "x86_64" ? "AMD64" : "ARM64") : cpu;
  return new Map([
    ["os_name", isWindows ? "nt" : "posix"],
    ["sys_platform", isDarwin ? "darwin" : isWindows ? "win32" : "linux"],
    ["platform_machine", machine],
    ["platform_system", isDarwin ? "Darwin" : isWindows ? "Windows" : "Linux"],
    ["platform_release", ""],
    ["platform_version", ""],
    ["platform_python_implementation", "CPython"],
    ["implementation_name", "cpython"],
    ["implementation_version", pythonText],
    ["python_full_version", pythonText],
    ["python_version", python.release.slice(0, 2).join(".")],
    ["extra", ""],
  ]);
}

function platformOf(system: string, override: string | undefined): Platform {
  const platform = defaultPlatforms.get(system);
  if (platform === undefined) {
    throw new EnkiError("unsupported", `Enki knows no Python platform for the system ${system}`);
  }
  if (override === undefined) return platform;
  const found = /^(manylinux|musllinux|macosx)_([0-9]{1,2})_([0-9]{1,3})$/.exec(override);
  const legacy: Record<string, readonly [number, number]> = {
    manylinux1: [2, 5],
    manylinux2010: [2, 12],
    manylinux2014: [2, 17],
  };
  const [major, minor] = legacy[override] ?? [Number(found?.[2]), Number(found?.[3])];
  if (found === null && legacy[override] === undefined) {
    throw new EnkiError("invalid-configuration", `pypi.platform ${JSON.stringify(override)} is no platform`, {
      hint: "expected manylinux_X_Y, musllinux_X_Y or macosx_X_Y",
    });
  }
  // The setting names one kind of system; targets of another kind keep their own platform.
  const kind = found === null ? "manylinux" : found[1];
  if (platform.kind === "macos") return kind === "macosx" ? { ...platform, major, minor } : platform;
  if (platform.kind === "windows" || kind === "macosx") return platform;
  return { kind: kind === "musllinux" ? "musllinux" : "manylinux", major, minor, machine: platform.machine };
}
