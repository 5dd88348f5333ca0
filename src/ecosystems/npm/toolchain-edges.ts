import type { ForeignRequirement } from "../../model/requirement.ts";
import type { PackageManifest } from "./packument.ts";

/** What a package asks of nixpkgs: what compiles its native code, and with `--strict-engines` the Node that it runs on. */
export function toolchainRequirements(manifest: PackageManifest, isStrict: boolean): readonly ForeignRequirement[] {
  const requirements: ForeignRequirement[] = [];
  const add = (name: string, range: string, kind: "build" | "tool", why: string): void => {
    requirements.push({ ecosystem: "nix", name, range, rangeSyntax: "npm", kind, why });
  };
  const label = `${manifest.name} ${manifest.version}`;
  if (manifest.isNativeBuild) {
    add("tool:python", "*", "build", `${label} compiles native code with node-gyp`);
    add("tool:cc", "*", "build", `${label} compiles native code with node-gyp`);
  }
  if (isStrict && manifest.nodeEngine !== undefined) {
    add("tool:node", manifest.nodeEngine, "tool", `engines.node of ${label}`);
  }
  return requirements;
}
