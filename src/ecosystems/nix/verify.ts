import type { Manifest } from "../../model/manifest.ts";
import type { Resolution, Violation } from "../../model/resolution.ts";
import { nixRangeAdmits } from "./range.ts";
import { unrecordedVersion } from "./release.ts";

/**
 * The independent check: one nixpkgs release for everything, one version per attribute, one attribute per toolchain,
 * and every requirement that the manifests or edges state in this ecosystem's own range language.
 */
export function verifyNix(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[] {
  const violations: Violation[] = [];
  const packages = resolution.packages.filter(({ ecosystem }) => ecosystem === "nix");
  const byName = new Map<string, string>();
  const byTool = new Map<string, string>();
  const releases = new Set<unknown>();
  for (const { id, name, version, details } of packages) {
    const other = byName.get(name);
    if (other !== undefined)
      violations.push({ from: id, message: `${name} is locked at ${other} as well as at ${version}` });
    byName.set(name, version);
    const tool = details["tool"];
    if (typeof tool === "string") {
      const otherTool = byTool.get(tool);
      if (otherTool !== undefined)
        violations.push({ from: id, message: `${tool} is locked as ${otherTool} and as ${name}` });
      byTool.set(tool, name);
    }
    releases.add(details["release"]);
  }
  if (releases.size > 1) {
    violations.push({
      from: packages[0]?.id ?? "nix",
      message: `packages of several nixpkgs releases: ${[...releases].join(", ")}`,
    });
  }
  for (const manifest of manifests) {
    if (manifest.ecosystem !== "nix") continue;
    for (const { name, range } of manifest.requirements) {
      const version = name.startsWith("tool:")
        ? byName.get(byTool.get(name.slice("tool:".length)) ?? "")
        : byName.get(name.replace(/^attr:/, ""));
      const from = `root:${manifest.file}`;
      if (version === undefined) {
        if (!/^(?!tool:|attr:)[a-z-]+:/.test(name))
          violations.push({ from, message: `${name} is required but not locked` });
      } else if (!isAny(range) && (version === unrecordedVersion || !nixRangeAdmits(range, version))) {
        violations.push({ from, message: `${name} ${version} is not in ${range}` });
      }
    }
  }
  return violations;
}

function isAny(range: string): boolean {
  return range.trim() === "" || range.trim() === "*";
}
