import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { cargo } from "../../../src/ecosystems/cargo/index.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import type { WrittenRelease } from "./helpers/index-builder.ts";
import { checksumOf, memoryFiles, release, writeIndex } from "./helpers/index-builder.ts";
import { hasCargo, localRegistryConfiguration, runCargo } from "./helpers/real-cargo.ts";
import { resolveCargo } from "./helpers/resolve-cargo.ts";

const isCargoHere = hasCargo();

/** A project with its own index; its lock must be what the real cargo writes, byte for byte. */
interface Project {
  readonly name: string;
  readonly releases: readonly WrittenRelease[];
  readonly files: Readonly<Record<string, string>>;
}

function member(name: string, rest = ""): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;
}

const common = [
  release("log 0.4.20", [], { features: { std: [], kv: [] } }),
  release("log 0.4.21", [{ on: "value-bag ^1", optional: true }], { features: { std: [], kv: ["dep:value-bag"] } }),
  release("log 0.4.22", [], { yanked: true }),
  release("value-bag 1.0.0"),
  release("rand 0.7.3"),
  release("rand 0.8.5", ["log ^0.4"]),
  release("build-meta 1.0.0"),
  release("build-meta 1.0.0+a"),
  release("build-meta 1.0.0+b"),
  release("win 1.0.0"),
  release("cc 1.0.0"),
];

const replaceable = [
  release("log 0.4.20", ["old ^1"], { features: { kv: [] } }),
  release("log 0.4.21"),
  release("log 0.3.1"),
  release("old 1.0.0"),
  release("value-bag 1.0.0"),
  release("rand 0.8.5", [{ on: "log =0.4.20", features: ["kv"] }]),
  release("rand 0.7.0", ["log ^0.4"]),
];
const replacement =
  '[package]\nname = "log"\nversion = "0.4.20"\nedition = "2021"\n[features]\nkv = ["dep:value-bag"]\n[dependencies]\nvalue-bag = { version = "1", optional = true }\n';

/** `[replace]`: the lock names the release of the registry and what stands in its place. */
const replacements: readonly Project[] = (
  [
    ["by a path", 'rand = "0.8"', '"log:0.4.20"'],
    ["of a package that is required by its path too", 'rand = "0.8"\nlog = { path = "log" }', '"log@0.4.20"'],
    [
      "named with its registry",
      'rand = "0.8"\nlog = { version = "<0.5", default-features = false }',
      '"https://github.com/rust-lang/crates.io-index#log:0.4.20"',
    ],
    ["of a version that nothing takes", 'rand = "0.7"', '"log:0.4.20"'],
    ["of a version that does not exist", 'rand = "0.7"', '"log:0.4.20+x"'],
  ] as const
).map(([name, dependencies, key]) => ({
  name: `a replacement ${name}`,
  releases: replaceable,
  files: {
    "Cargo.toml": member("app", `[dependencies]\n${dependencies}\n[replace]\n${key} = { path = "log" }\n`),
    "log/Cargo.toml": key.includes("+") ? replacement.replace("0.4.20", "0.4.20+x") : replacement,
  },
}));

const projects: readonly Project[] = [
  {
    name: "a virtual workspace with inheritance, path dependencies and all kinds of edges",
    releases: common,
    files: {
      "Cargo.toml":
        '[workspace]\nmembers = ["crates/*"]\nresolver = "2"\n[workspace.package]\nversion = "1.2.3"\n' +
        '[workspace.dependencies]\nlog = { version = "0.4", default-features = false }\nshared = { path = "shared" }\n',
      "crates/app/Cargo.toml":
        '[package]\nname = "app"\nversion.workspace = true\nedition = "2021"\n' +
        '[dependencies]\nlog = { workspace = true, features = ["kv"] }\nshared.workspace = true\n' +
        '[build-dependencies]\ncc = "1"\n[dev-dependencies]\nrand = "0.8"\n',
      "crates/lib/Cargo.toml": member(
        "lib",
        '[dependencies]\nrand = "0.7"\nrand8 = { package = "rand", version = "0.8" }\n[target."cfg(windows)".dependencies]\nwin = "1"\n',
      ),
      "shared/Cargo.toml": member(
        "shared",
        '[dev-dependencies]\napp = { path = "../crates/app" }\n[features]\nfast = []\n',
      ),
    },
  },
  {
    name: "a package with a path dependency that is no member",
    releases: common,
    files: {
      "Cargo.toml": member("app", '[dependencies]\nhelper = { path = "helper", version = "0.1" }\n'),
      "helper/Cargo.toml": member(
        "helper",
        '[dependencies]\nlog = "0.4"\nrand = { version = "0.7", optional = true }\n[dev-dependencies]\ncc = "1"\n',
      ),
    },
  },
  {
    name: "optional dependencies of members are locked",
    releases: common,
    files: {
      "Cargo.toml": member(
        "app",
        '[dependencies]\nrand = { version = "0.8", optional = true }\n[features]\nfast = ["dep:rand"]\n',
      ),
    },
  },
  {
    name: "the highest build metadata",
    releases: common,
    files: { "Cargo.toml": member("app", '[dependencies]\nbuild-meta = "=1.0.0+a"\n') },
  },
  {
    name: "an older toolchain gets an older lock format",
    releases: common,
    files: { "Cargo.toml": member("app", 'rust-version = "1.70"\n[dependencies]\nrand = "0.8"\n') },
  },
  {
    name: "a patch that is used, and one that is not",
    releases: common,
    files: {
      "Cargo.toml": member(
        "app",
        '[dependencies]\nrand = "0.8"\n[patch.crates-io]\nlog = { path = "log" }\ncc = { path = "cc" }\n',
      ),
      "log/Cargo.toml":
        '[package]\nname = "log"\nversion = "0.4.99"\nedition = "2021"\n[dependencies]\nvalue-bag = "1"\n[features]\nstd = []\n',
      "cc/Cargo.toml": '[package]\nname = "cc"\nversion = "1.0.7"\nedition = "2021"\n',
    },
  },
  {
    name: "a patch with a version that is published too",
    releases: common,
    files: {
      "Cargo.toml": member(
        "app",
        '[dependencies]\nrand = "0.8"\nlog = { version = "0.4", features = ["kv"] }\n[patch.crates-io]\nlog = { path = "log" }\n',
      ),
      "log/Cargo.toml":
        '[package]\nname = "log"\nversion = "0.4.20"\nedition = "2021"\n[features]\nkv = ["dep:value-bag"]\n[dependencies]\nvalue-bag = { version = "1", optional = true }\n',
    },
  },
  ...replacements,
  {
    name: "rust-versions of the members prefer older releases",
    releases: [
      release("t 1.0.0", [], { rustVersion: "1.60" }),
      release("t 1.1.0", [], { rustVersion: "1.63" }),
      release("t 1.2.0", [], { rustVersion: "1.80" }),
      release("u 1.0.0", [], { rustVersion: "1.70" }),
      release("u 1.1.0"),
    ],
    files: {
      "Cargo.toml": '[workspace]\nmembers = ["a"]\nresolver = "3"\n',
      "a/Cargo.toml": member("a", 'rust-version = "1.63"\n[dependencies]\nt = "1"\nu = "1"\n'),
    },
  },
];

describe("projects", () => {
  it.each(projects)("$name", async ({ releases, files }) => {
    const result = await resolveCargo({
      projectDirectory: "/project",
      registries: [{ kind: "path", path: "/registry" }],
      files: memoryFiles(releases, files),
    });
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const [lock] = result.locks;
    expect(lock?.path).toBe("Cargo.lock");
    expect(lock?.content).toMatchSnapshot();
    expect(lock?.content).toBe(isCargoHere ? lockOfCargo(releases, files) : lock?.content);
  });

  it("keeps what others wrote into a lock, and a lock that says the same", async () => {
    const files = { "Cargo.toml": member("app", '[dependencies]\nrand = "0.8"\n') };
    const options = {
      projectDirectory: "/project",
      registries: [{ kind: "path" as const, path: "/registry" }],
      files: memoryFiles(common, files),
    };
    const fresh = await resolveCargo(options);
    if (fresh.kind !== "resolved") throw new Error(fresh.kind);
    const lock = fresh.locks[0]?.content ?? "";
    const older = lock.replace("version = 4", "version = 3").replace("\nversion", "\n# kept by hand\nversion");
    const again = await resolveCargo({ ...options, existing: () => older });
    expect(again).toMatchObject({ locks: [{ content: older }] });
    const outdated = older.replace("0.8.5", "0.8.4");
    const renewed = await resolveCargo({ ...options, existing: () => outdated });
    expect(renewed).toMatchObject({ locks: [{ content: lock.replace("\nversion", "\n# kept by hand\nversion") }] });
    const broken = await resolveCargo({ ...options, existing: () => "<<<<<<< HEAD\n" });
    expect(broken).toMatchObject({ locks: [{ content: lock }] });
  });
});

/** A lock of cargo's from when less was required, or less was released. */
const earlier: readonly (Project & { readonly lock: string })[] = [
  {
    name: "a release that is no longer the newest, beside new requirements",
    releases: common,
    files: { "Cargo.toml": member("app", '[dependencies]\nlog = "0.4"\nrand = "0.8"\n') },
    lock: lockText(["log 0.4.20"]),
  },
  {
    name: "a release that was yanked since",
    releases: common,
    files: { "Cargo.toml": member("app", '[dependencies]\nlog = "0.4"\n') },
    lock: lockText(["log 0.4.22"]),
  },
  {
    name: "two releases of one crate, and one that nothing needs any more",
    releases: common,
    files: { "Cargo.toml": member("app", '[dependencies]\nrand = "0.7"\nbuild-meta = "1"\n') },
    lock: lockText(["build-meta 1.0.0+a", "log 0.4.20", "rand 0.7.3", "rand 0.8.5"]),
  },
  {
    name: "a release that the manifest no longer admits",
    releases: common,
    files: { "Cargo.toml": member("app", '[dependencies]\nlog = "0.4.21"\nrand = "0.8"\n') },
    lock: lockText(["log 0.4.20"]),
  },
];

/** A Cargo.lock as cargo 1.53 to 1.77 wrote it. */
function lockText(releases: readonly string[]): string {
  const source = "registry+https://github.com/rust-lang/crates.io-index";
  const packages = releases.map((text) => {
    const [name = "", version = ""] = text.split(" ");
    return {
      name,
      head: `name = "${name}"\nversion = "${version}"\nsource = "${source}"\nchecksum = "${checksumOf(text)}"\n`,
    };
  });
  const names = [...new Set(packages.map(({ name }) => name))];
  const versionless = names.filter((name) => packages.filter((other) => other.name === name).length === 1);
  const app = `name = "app"\nversion = "0.1.0"\ndependencies = [\n${versionless.map((name) => ` "${name}",\n`).join("")}]\n`;
  return `version = 3\n\n${[app, ...packages.map(({ head }) => head)].map((text) => `[[package]]\n${text}`).join("\n")}`;
}

describe("a first resolution beside a Cargo.lock", () => {
  it.each(earlier)("keeps $name", async ({ releases, files, lock }) => {
    const project = memoryFiles(releases, files);
    const options = { projectDirectory: "/project", registries: [{ kind: "path" as const, path: "/registry" }] };
    const packages = cargo.importLock?.("Cargo.lock", lock) ?? [];
    const nothing = { roots: [], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };
    const result = await resolveCargo({
      ...options,
      files: project,
      existing: () => lock,
      request: { previous: { ...nothing, packages } },
    });
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const content = result.locks[0]?.content;
    expect(content).toMatchSnapshot();
    expect(content).toBe(isCargoHere ? lockOfCargo(releases, files, lock) : content);
  });
});

/** What the real cargo writes for the same project, anew or beside an earlier lock. */
function lockOfCargo(
  releases: readonly WrittenRelease[],
  files: Readonly<Record<string, string>>,
  earlierLock?: string,
): string {
  const directory = temporaryDirectory();
  const project = join(directory, "project");
  mkdirSync(join(directory, "home"));
  writeIndex(join(directory, "registry"), releases);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(project, dirname(path), "src"), { recursive: true });
    writeFileSync(join(project, path), content);
    if (content.includes("[package]")) writeFileSync(join(project, dirname(path), "src/lib.rs"), "");
  }
  mkdirSync(join(project, ".cargo"), { recursive: true });
  writeFileSync(join(project, ".cargo/config.toml"), localRegistryConfiguration(join(directory, "registry")));
  rmSync(join(project, "Cargo.lock"), { force: true });
  if (earlierLock !== undefined) writeFileSync(join(project, "Cargo.lock"), earlierLock);
  const command = earlierLock === undefined ? ["generate-lockfile"] : ["update", "--workspace"];
  const { status, stderr } = runCargo(project, join(directory, "home"), [...command, "--offline"]);
  if (status !== 0) throw new Error(stderr);
  return readFileSync(join(project, "Cargo.lock"), "utf8");
}
