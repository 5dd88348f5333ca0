import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { EnkiError } from "../../src/model/enki-error.ts";
import type { HttpClient } from "../../src/net/http-client.ts";
import { makeStore } from "../helpers/nix-instantiate.ts";
import { runScenario } from "../helpers/run-scenario.ts";
import { materialiseScenario, parseScenario } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { build, emitProject, projectExpression } from "./emitted-project.ts";
import { findHostPrograms, type HostPrograms } from "./host-programs.ts";
import { tarball } from "./mixed-service.ts";

/** The programs of this machine that builds use. */
export const host: HostPrograms = findHostPrograms();

/** A library that other packages of a test are built with. */
const greeting = tarball("crate", "https://crates.example/greeting-1.2.0.crate", "greeting-1.2.0", {
  "Cargo.toml": '[package]\nname = "greeting"\nversion = "1.2.0"\nedition = "2021"\n',
  "src/lib.rs": 'pub fn greeting() -> &\'static str { "hello from a crate in a wheel" }\n',
});
/** Its SHA-256, in hexadecimal. */
export const greetingChecksum: string = createHash("sha256").update(greeting.bytes).digest("hex");

/** Resolves a scenario, emits it, puts the archives into a store, and builds one project in the sandbox. */
export async function buildProject(
  text: string,
  sources: Readonly<Record<string, string>>,
  archives: readonly Uint8Array[],
  project: string,
): Promise<string> {
  const materialised = materialiseScenario(parseScenario("nested", text), temporaryDirectory());
  const http: HttpClient = {
    fetch: ({ url }) => {
      const found = archives.find((_, index) => url.endsWith(`-${String(index)}.tar.gz`));
      if (found === undefined) return Promise.reject(new EnkiError("offline", `${url} is not there`));
      return Promise.resolve({ status: 200, url, body: found, contentType: "", isFromCache: false });
    },
  };
  const result = await runScenario(materialised, { http });
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.resolution.fidelity.flatMap(({ unverified }) => unverified)).toEqual([]);
  const emitted = emitProject(result.resolution, sources);
  const store = makeStore([
    "sandbox = true",
    "sandbox-fallback = false",
    `sandbox-paths = ${host.sandboxPaths.join(" ")}`,
  ]);
  const plan = JSON.parse(readFileSync(join(emitted.directory, "nix/enki/plan.json"), "utf8")) as {
    readonly sources: Readonly<Record<string, { readonly name: string; readonly hash: string }>>;
  };
  const registry = materialised.registries.get("pypi");
  const sdists =
    registry === undefined
      ? []
      : readdirSync(registry, { recursive: true, encoding: "utf8" })
          .filter((path) => path.endsWith(".tar.gz"))
          .map((path): Uint8Array => readFileSync(join(registry, path)));
  const folder = mkdtempSync(join(tmpdir(), "enki-seed-"));
  const seeded = new Set<string>();
  for (const bytes of [greeting.bytes, ...archives, ...sdists]) {
    const hash = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
    const source = Object.values(plan.sources).find((one) => one.hash === hash);
    if (source === undefined) continue;
    writeFileSync(join(folder, source.name), bytes);
    execFileSync("nix-store", ["--add-fixed", "sha256", join(folder, source.name)], { env: store.environment });
    seeded.add(source.name);
  }
  expect([...seeded].toSorted()).toEqual(
    Object.values(plan.sources)
      .map(({ name }) => name)
      .toSorted(),
  );
  const programs = { programs: host.expression, release: "25.05" };
  const [path = ""] = build(store, `(${projectExpression(emitted, programs)}).projects.${project}`);
  return path;
}
