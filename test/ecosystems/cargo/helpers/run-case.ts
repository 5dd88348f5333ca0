import { EnkiError } from "../../../../src/model/enki-error.ts";
import { readLock } from "../../../../src/ecosystems/cargo/lock/read-lock.ts";
import type { CaseAnswer, ResolverCase } from "../resolver-cases/case.ts";
import type { WrittenDependency } from "./index-builder.ts";
import { memoryFiles } from "./index-builder.ts";
import { resolveCargo } from "./resolve-cargo.ts";

/** The Cargo.toml of a root with these requirements. */
export function rootManifest(root: readonly WrittenDependency[]): string {
  const lines = ["[package]", 'name = "root"', 'version = "1.0.0"', 'edition = "2021"'];
  for (const kind of ["normal", "build", "dev"] as const) {
    const own = root
      .map((written) => (typeof written === "string" ? { on: written } : written))
      .filter((written) => (written.kind ?? "normal") === kind);
    if (own.length === 0) continue;
    lines.push(`[${kind === "normal" ? "" : `${kind}-`}dependencies]`);
    for (const { on, as, features = [], noDefault = false, optional = false } of own) {
      const space = on.indexOf(" ");
      const crate = space === -1 ? on : on.slice(0, space);
      const fields = [`version = ${JSON.stringify(space === -1 ? "*" : on.slice(space + 1))}`];
      if (as !== undefined) fields.push(`package = ${JSON.stringify(crate)}`);
      if (features.length > 0) fields.push(`features = ${JSON.stringify(features)}`);
      if (noDefault) fields.push("default-features = false");
      if (optional) fields.push("optional = true");
      lines.push(`${as ?? crate} = { ${fields.join(", ")} }`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The packages of a lock besides the root, as `name version`. */
export function lockedPackages(lock: string): readonly string[] {
  return readLock("Cargo.lock", lock)
    .packages.filter(({ source }) => source !== undefined)
    .map(({ name, version }) => `${name} ${version.text}`);
}

/** Enki's lock for a case, or the kind of failure. */
export async function solveCase(
  resolverCase: ResolverCase,
): Promise<{ readonly answer: CaseAnswer; readonly lock: string; readonly decisions: number }> {
  try {
    const result = await resolveCargo({
      projectDirectory: "/project",
      registries: [{ kind: "path", path: "/registry" }],
      files: memoryFiles(resolverCase.releases, { "Cargo.toml": rootManifest(resolverCase.root) }),
      request: { options: { settings: new Map(), versions: resolverCase.versions ?? "highest" } },
    });
    const decisions = result.statistics[0]?.decisions ?? 0;
    if (result.kind === "stopped") throw new Error("stopped");
    if (result.kind === "unsatisfiable") return { answer: "unsatisfiable", lock: "", decisions };
    if (result.violations.length > 0) throw new Error(JSON.stringify(result.violations[0]));
    const lock = result.locks.find(({ path }) => path === "Cargo.lock")?.content ?? "";
    return { answer: lockedPackages(lock), lock, decisions };
  } catch (error) {
    if (error instanceof EnkiError && error.message.startsWith("cyclic"))
      return { answer: "cycle", lock: "", decisions: 0 };
    throw error;
  }
}
