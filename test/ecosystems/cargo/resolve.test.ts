import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { memoryFiles, release } from "./helpers/index-builder.ts";
import type { WrittenRelease } from "./helpers/index-builder.ts";
import { hasCargo, runCargo, writeCargoProject } from "./helpers/real-cargo.ts";
import { resolveCargo } from "./helpers/resolve-cargo.ts";
import { sharedRegistry } from "./helpers/shared-index.ts";

/** Resolves one package over a hand-written index; the ids of everything selected, or the kind of failure. */
async function resolve(releases: readonly WrittenRelease[], manifest: string): Promise<readonly string[] | string> {
  const result = await resolveCargo({
    projectDirectory: "/project",
    registries: [{ kind: "path", path: "/registry" }],
    files: memoryFiles(releases, { "Cargo.toml": `[package]\nname = "root"\n${manifest}` }),
  });
  if (result.kind !== "resolved") return result.kind;
  expect(result.violations).toEqual([]);
  return result.resolution.packages.filter(({ ecosystem }) => ecosystem === "cargo").map(({ id }) => id.slice(6));
}

describe("cargo's rules", () => {
  it("takes the highest version of each class and keeps incompatible ones side by side", async () => {
    const releases = [
      release("a 1.0.0"),
      release("a 1.2.0"),
      release("a 2.0.0"),
      release("b 0.1.0", ["a ^1"]),
      release("b 0.2.0-alpha", ["a ^1"]),
    ];
    expect(await resolve(releases, '[dependencies]\na = "2"\nb = "*"')).toEqual(["a@1.2.0", "a@2.0.0", "b@0.1.0"]);
  });

  it("lets a wide requirement take another class than its neighbour", async () => {
    const releases = [release("a 1.0.0"), release("a 2.0.0"), release("b 1.0.0", ["a ^1"])];
    expect(await resolve(releases, '[dependencies]\na = ">=1"\nb = "1"')).toEqual(["a@1.0.0", "a@2.0.0", "b@1.0.0"]);
  });

  it("backtracks from a version without the feature that is asked for", async () => {
    const releases = [release("a 1.0.0", [], { features: { x: [] } }), release("a 1.1.0")];
    expect(await resolve(releases, '[dependencies]\na = { version = "1", features = ["x"] }')).toEqual(["a@1.0.0"]);
  });

  it("lets one native library be linked once", async () => {
    const releases = [
      release("z-sys 1.0.0", [], { links: "z" }),
      release("z-sys 2.0.0", [], { links: "z" }),
      release("other-sys 1.0.0", [], { links: "z" }),
      release("a 1.0.0", ["z-sys ^1"]),
      release("a 1.1.0", ["z-sys ^2"]),
    ];
    expect(await resolve(releases, '[dependencies]\na = "1"\nz-sys = "1"')).toEqual(["a@1.0.0", "z-sys@1.0.0"]);
    expect(await resolve(releases, '[dependencies]\na = "1"\nother-sys = "1"')).toBe("unsatisfiable");
  });

  it("locks what weak features name, as cargo does", async () => {
    const releases = [
      release("w 1.0.0", [{ on: "opt ^1", optional: true }], { features: { f: ["opt?/g"] } }),
      release("opt 1.0.0", [], { features: { g: [] } }),
    ];
    expect(await resolve(releases, '[dependencies]\nw = { version = "1", features = ["f"] }')).toEqual([
      "opt@1.0.0",
      "w@1.0.0",
    ]);
  });
});

function member(name: string, rustVersion: string, rest: string): string {
  return `[package]\nname = "${name}"\nedition = "2021"\nrust-version = "${rustVersion}"\n[dependencies]\n${rest}\n`;
}

describe("preferences", () => {
  const releases = [
    release("t 1.0.0", [], { rustVersion: "1.60" }),
    release("t 1.1.0", [], { rustVersion: "1.63" }),
    release("t 1.2.0", [], { rustVersion: "1.80" }),
    release("u 1.0.0"),
    release("u 2.0.0"),
    release("v 1.0.0", ["u ^1"]),
  ];

  async function locked(files: Readonly<Record<string, string>>, settings = new Map()): Promise<readonly string[]> {
    const result = await resolveCargo({
      projectDirectory: "/project",
      registries: [{ kind: "path", path: "/registry" }],
      files: memoryFiles(releases, files),
      request: { options: { settings } },
    });
    if (result.kind !== "resolved") throw new Error(result.kind);
    return result.resolution.packages.filter(({ ecosystem }) => ecosystem === "cargo").map(({ id }) => id.slice(6));
  }

  it("suits releases to the toolchains of the members that need them, not of all members", async () => {
    const workspace = '[workspace]\nmembers = ["a", "b"]\nresolver = "3"\n';
    expect(
      await locked({
        "Cargo.toml": workspace,
        "a/Cargo.toml": member("a", "1.63", 't = "1"'),
        "b/Cargo.toml": member("b", "1.60", ""),
      }),
    ).toEqual(["t@1.1.0"]);
    expect(
      await locked({
        "Cargo.toml": workspace,
        "a/Cargo.toml": member("a", "1.63", 't = "1"'),
        "b/Cargo.toml": member("b", "1.60", 'a = { path = "../a" }'),
      }),
    ).toEqual(["t@1.1.0"]);
    expect(
      await locked({
        "Cargo.toml": workspace,
        "a/Cargo.toml": member("a", "1.63", 't = "1"'),
        "b/Cargo.toml": member("b", "1.60", 't = "1"'),
      }),
    ).toEqual(["t@1.0.0"]);
  });

  it("shares a class that is there already, if asked to", async () => {
    const files = { "Cargo.toml": '[package]\nname = "a"\nedition = "2021"\n[dependencies]\nu = ">=1"\nv = "1"\n' };
    expect(await locked(files)).toEqual(["u@1.0.0", "u@2.0.0", "v@1.0.0"]);
    expect(await locked(files, new Map([["dedupe", true]]))).toEqual(["u@1.0.0", "v@1.0.0"]);
  });
});

const registry = hasCargo() ? sharedRegistry() : undefined;

describe.skipIf(registry === undefined)("over the shared index", () => {
  it("writes a Cargo.lock that cargo accepts and would write itself", async () => {
    const directory = temporaryDirectory();
    const home = join(directory, "home");
    mkdirSync(home);
    const project = join(directory, "project");
    const manifest = `[package]\nname = "search"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\naxum = "0.7"\nserde = { version = "1", features = ["derive"] }\nrusqlite = "*"\n`;
    writeCargoProject(project, registry ?? "", manifest);
    const result = await resolveCargo({
      projectDirectory: project,
      registries: [{ kind: "path", path: registry ?? "" }],
    });
    expect(result.kind).toBe("resolved");
    if (result.kind !== "resolved") return;
    expect(result.violations).toEqual([]);
    const lock = result.locks.find(({ path }) => path === "Cargo.lock")?.content ?? "";
    writeFileSync(join(project, "Cargo.lock"), lock);
    expect(runCargo(project, home, ["update", "--workspace", "--locked", "--offline"])).toMatchObject({ status: 0 });
    expect(runCargo(project, home, ["generate-lockfile", "--offline"])).toMatchObject({ status: 0 });
    expect(lock).toBe(readFileSync(join(project, "Cargo.lock"), "utf8"));
    const link = result.resolution.edges.find(({ kind }) => kind === "link");
    expect(link).toMatchObject({ to: "nix:crate:libsqlite3-sys@1" });
  });
});
