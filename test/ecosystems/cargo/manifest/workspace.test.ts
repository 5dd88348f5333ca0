import { describe, expect, it } from "vitest";

import { cargo } from "../../../../src/ecosystems/cargo/index.ts";
import type { CargoWorkspace } from "../../../../src/ecosystems/cargo/manifest/manifest-document.ts";
import { workspaceOf } from "../../../../src/ecosystems/cargo/manifest/read-manifest.ts";
import type { Manifest } from "../../../../src/model/manifest.ts";
import { memoryFiles } from "../helpers/index-builder.ts";

function read(files: Readonly<Record<string, string>>, path = "Cargo.toml"): Manifest {
  const system = memoryFiles([], files);
  const bytes = system.readFile(`/project/${path}`) ?? new Uint8Array();
  const { manifest, diagnostics } = cargo.readManifest(path, bytes, { projectDirectory: "/project", files: system });
  if (manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  return manifest;
}

function workspace(files: Readonly<Record<string, string>>, path?: string): CargoWorkspace {
  return workspaceOf(read(files, path));
}

function package_(name: string, rest = ""): string {
  return `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${rest}`;
}

describe("workspaces", () => {
  const files = {
    "Cargo.toml":
      '[workspace]\nmembers = ["crates/*", "tools/**"]\nexclude = ["crates/old"]\nresolver = "3"\n' +
      '[workspace.package]\nversion = "2.3.4"\nrust-version = "1.75"\n' +
      '[workspace.dependencies]\nlog = { version = "0.4", features = ["std"], default-features = false }\nshared = { path = "shared" }\n',
    "crates/a/Cargo.toml":
      '[package]\nname = "a"\nversion.workspace = true\nrust-version.workspace = true\nedition = "2021"\n' +
      '[dependencies]\nlog = { workspace = true, features = ["kv"], optional = true }\nshared.workspace = true\n',
    "crates/b/Cargo.toml": package_("b", "[dependencies]\nlog = { workspace = true, default-features = true }\n"),
    "crates/old/Cargo.toml": package_("old"),
    "crates/notes/README.md": "nothing here",
    "tools/x/y/Cargo.toml": package_("y", '[dependencies]\nhelper = { path = "../../../helper" }\n'),
    "shared/Cargo.toml": package_("shared", '[dependencies]\noutside = { path = "../../elsewhere" }\n'),
    "helper/Cargo.toml": package_("helper"),
    "../elsewhere/Cargo.toml": package_("outside"),
  };

  it("finds members by pattern and by path, and inherits versions and dependencies", () => {
    const { members, localPackages, resolver, lockVersion } = workspace(files);
    expect(members.map(({ name, version }) => `${name} ${version.text}`)).toEqual([
      "a 2.3.4",
      "b 1.0.0",
      "helper 1.0.0",
      "shared 1.0.0",
      "y 1.0.0",
    ]);
    expect(localPackages.map(({ name }) => name)).toEqual(["outside"]);
    expect(resolver).toBe("3");
    expect(lockVersion).toBe(3);
    const [a, b] = members;
    expect(a?.rustVersion).toBe("1.75");
    expect(a?.dependencies[0]).toMatchObject({
      alias: "log",
      features: ["std", "kv"],
      isOptional: true,
      usesDefaultFeatures: false,
      origin: { file: "crates/a/Cargo.toml", line: 7 },
    });
    expect(a?.dependencies[1]).toMatchObject({ source: { kind: "path", directory: "shared" } });
    expect(b?.dependencies[0]).toMatchObject({ features: ["std"], usesDefaultFeatures: true });
  });

  it("is the same from a member's manifest", () => {
    expect(workspace(files, "crates/b/Cargo.toml")).toEqual(workspace(files));
    expect(read(files, "crates/b/Cargo.toml").name).toBe("b");
    expect(workspace(files, "crates/old/Cargo.toml").members.map(({ name }) => name)).toEqual(["old"]);
  });

  it("asks for a toolchain where a member does", () => {
    expect(read(files).foreign).toEqual([
      {
        ecosystem: "nix",
        name: "tool:rustc",
        range: ">=1.75",
        rangeSyntax: "cargo",
        kind: "tool",
        why: "rust-version of a",
        origin: { file: "crates/a/Cargo.toml", line: 4, column: 1, length: 12 },
      },
    ]);
  });

  it.each([
    ["2015", "1"],
    ["2018", "1"],
    ["2021", "2"],
    ["2024", "3"],
  ])("edition %s has resolver %s", (edition, resolver) => {
    expect(workspace({ "Cargo.toml": `[package]\nname = "a"\nedition = "${edition}"\n` }).resolver).toBe(resolver);
  });

  it.each([
    ["1.90", 4],
    ["1.83", 4],
    ["1.82", 3],
    ["1.52", 2],
    ["1.31", 1],
  ])("rust-version %s reads locks of version %s", (rustVersion, version) => {
    const text = `[package]\nname = "a"\nedition = "2018"\nrust-version = "${rustVersion}"\n`;
    expect(workspace({ "Cargo.toml": text }).lockVersion).toBe(version);
  });

  it("reads every kind of dependency table", () => {
    const text = package_(
      "a",
      '[dependencies]\none = "1"\n[dependencies.two]\nversion = "2"\npackage = "deux"\n' +
        '[dev-dependencies]\nthree = "3"\n[build-dependencies]\nfour = "4"\n' +
        '[target."cfg(unix)".dependencies]\nfive = "5"\n[target.x86_64-pc-windows-msvc.dev-dependencies]\nsix = "6"\n' +
        '[dependencies.seven]\ngit = "https://git.example/seven"\nbranch = "feat/x"\n[dependencies.eight]\nversion = "8"\nregistry = "alt"\n',
    );
    const [member] = workspace({ "Cargo.toml": text }).members;
    expect(
      member?.dependencies.map(({ alias, crate, kind, target, source }) => [alias, crate, kind, target, source]),
    ).toEqual([
      ["one", "one", "normal", undefined, { kind: "registry" }],
      ["two", "deux", "normal", undefined, { kind: "registry" }],
      [
        "seven",
        "seven",
        "normal",
        undefined,
        { kind: "git", url: "https://git.example/seven", reference: { kind: "branch", name: "feat/x" } },
      ],
      ["eight", "eight", "normal", undefined, { kind: "registry", name: "alt" }],
      ["three", "three", "dev", undefined, { kind: "registry" }],
      ["four", "four", "build", undefined, { kind: "registry" }],
      ["five", "five", "normal", "cfg(unix)", { kind: "registry" }],
      ["six", "six", "dev", "x86_64-pc-windows-msvc", { kind: "registry" }],
    ]);
  });
});
