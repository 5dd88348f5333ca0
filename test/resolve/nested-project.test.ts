import { describe, expect, it } from "vitest";
import { parseLock } from "../../src/lockfile/read-lock.ts";
import { createHttpClient } from "../../src/net/client.ts";
import { formatLock } from "../../src/lockfile/write-lock.ts";
import type { ResolveRequest, ResolveResult } from "../../src/resolve/request.ts";
import { runScenario } from "../helpers/run-scenario.ts";
import { materialiseScenario, parseScenario } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const REGISTRY = "registry+https://github.com/rust-lang/crates.io-index";

function lockText(...releases: readonly string[]): string {
  const entries = releases.map((release) => {
    const [name = "", version = "", checksum] = release.split(" ");
    const hash = checksum === undefined ? "" : `checksum = "${checksum}"\n`;
    return `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${REGISTRY}"\n${hash}`;
  });
  return `version = 4\n\n${entries.join("\n")}`;
}

/** A Python project built from source, with a crate in each version, beside a crate of the service itself. */
function scenario(versions: Readonly<Record<string, { readonly manifest: string; readonly lock?: string }>>): string {
  const sdists = Object.entries(versions).map(
    ([version, { manifest, lock }]) => `
[registry.pypi.fast."${version}".sdist]
"PKG-INFO" = """
Metadata-Version: 2.2
Name: fast
Version: ${version}
"""
"pyproject.toml" = '''
[build-system]
requires = ["setuptools-rust"]
build-backend = "setuptools.build_meta"
'''
"rust/Cargo.toml" = '''
${manifest}
'''
${lock === undefined ? "" : `"rust/Cargo.lock" = '''\n${lock}'''\n`}`,
  );
  return `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nixos-25.05"
[dependencies.pypi]
fast = "*"
'''
"Cargo.toml" = '''
[package]
name = "own"
version = "0.1.0"
edition = "2021"
[dependencies]
log = "0.4"
'''
[registry.pypi.setuptools-rust."1.10"]
[registry.cargo.log."0.4.20"]
[registry.cargo.log."0.4.21"]
[registry.cargo.openssl-sys."0.9.0"]
links = "openssl"
deps = [{ name = "log", req = "^0.4" }]
[registry.cargo.openssl-sys."0.8.0"]
links = "openssl"
${sdists.join("\n")}
[expected]
outcome = "resolved"
`;
}

function crate(dependencies: string): string {
  return `[package]\nname = "fast-rs"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}`;
}

async function solve(text: string, extra: Partial<ResolveRequest> = {}): Promise<ResolveResult> {
  return runScenario(materialiseScenario(parseScenario("nested", text), temporaryDirectory()), extra);
}

function cratesOf(result: ResolveResult): readonly string[] {
  if (result.kind !== "resolved") return [result.kind];
  expect(result.violations).toEqual([]);
  return result.resolution.packages.filter(({ ecosystem }) => ecosystem === "cargo").map(({ id }) => id);
}

function unverified(result: ResolveResult): readonly string[] | undefined {
  if (result.kind !== "resolved") return undefined;
  return result.resolution.fidelity.find(({ ecosystem }) => ecosystem === "cargo")?.unverified;
}

describe("the crates inside of a source distribution", () => {
  it("are those of its own lock, apart from the service's crates", async () => {
    const lock = lockText("log 0.4.20", "openssl-sys 0.9.0");
    const result = await solve(scenario({ "1.0": { manifest: crate('openssl-sys = "0.9"'), lock } }));
    expect(cratesOf(result)).toEqual([
      "cargo:log@0.4.20?within=pypi:fast@1.0",
      "cargo:log@0.4.21",
      "cargo:openssl-sys@0.9.0?within=pypi:fast@1.0",
    ]);
    expect(unverified(result)).toEqual([]);
    if (result.kind !== "resolved") return;
    expect(parseLock(formatLock(result.resolution)).packages).toEqual(result.resolution.packages);
    // Only the service's own crates have a lockfile beside the manifests.
    const own = result.locks.find(({ path }) => path === "Cargo.lock")?.content;
    expect(own).toContain("0.4.21");
    expect(own).not.toContain("openssl-sys");
    expect(result.resolution.instances.filter((one) => one.package.includes("within="))).toMatchObject([
      { environment: "build:pypi:fast@1.0" },
      { environment: "build:pypi:fast@1.0" },
    ]);
    // The system library of a crate inside belongs to the one problem too.
    const links = result.resolution.edges.filter(({ kind }) => kind === "link").map(({ from, to }) => `${from} ${to}`);
    expect(links).toEqual([expect.stringMatching(/^cargo:openssl-sys@0\.9\.0\?within=pypi:fast@1\.0 nix:openssl@/)]);
  });

  it("are locked here when it has no lock, and stay as they are", async () => {
    const text = scenario({ "1.0": { manifest: crate('log = "0.4.0"') } });
    const first = await solve(text.replace('[registry.cargo.log."0.4.21"]\n', ""));
    expect(cratesOf(first)).toEqual(["cargo:log@0.4.20", "cargo:log@0.4.20?within=pypi:fast@1.0"]);
    expect(unverified(first)).toEqual([
      "pypi:fast@1.0: what it builds inside is locked by Enki, because it has no lockfile of its own",
    ]);
    if (first.kind !== "resolved") return;
    const again = await solve(text, { previous: first.resolution });
    expect(again).toMatchObject({ resolution: { packages: first.resolution.packages } });
    expect(cratesOf(await solve(text))).toContain("cargo:log@0.4.21?within=pypi:fast@1.0");
  });

  it("may differ from a lock that does not fit the manifest, which is said", async () => {
    const lock = lockText("log 0.4.20");
    const result = await solve(scenario({ "1.0": { manifest: crate('log = "0.4.21"'), lock } }));
    expect(cratesOf(result)).toContain("cargo:log@0.4.21?within=pypi:fast@1.0");
    expect(unverified(result)).toEqual(["pypi:fast@1.0: its own rust/Cargo.lock does not hold log 0.4.21"]);
  });

  it("are refused when the registry has another file than the lock says", async () => {
    const lock = lockText(`log 0.4.20 ${"0".repeat(64)}`);
    const text = scenario({ "1.0": { manifest: crate('log = "0.4"'), lock } });
    await expect(solve(text)).rejects.toMatchObject({ code: "integrity-mismatch" });
  });

  it("decide with everything else: a version whose crates have no answer is not taken", async () => {
    const older = { manifest: crate('log = "0.4"') };
    const text = scenario({
      "1.0": older,
      "1.1": { manifest: crate('log = "9"') },
      "1.2": { manifest: crate('openssl-sys = "0.9"\nolder = { package = "openssl-sys", version = "0.8" }') },
    });
    const result = await solve(text);
    expect(cratesOf(result)).toEqual(["cargo:log@0.4.21", "cargo:log@0.4.21?within=pypi:fast@1.0"]);
  });

  it("are left out, with a warning, when their manifest can't be read", async () => {
    const result = await solve(scenario({ "1.0": { manifest: '[package]\nname = "fast-rs"\nversion = 7' } }));
    expect(cratesOf(result)).toEqual(["cargo:log@0.4.21"]);
    expect(result.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^what pypi:fast@1\.0 builds inside is not locked: /),
    ]);
  });
});

describe("opam packages whose build runs other tools", () => {
  const text = `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nixos-25.05"
[opam]
compiler = "none"
[dependencies.opam]
bindings = "*"
page = "*"
'''
[registry.opam.bindings."1.0"]
build = '[["dune" "build"] ["cargo" "build" "--release"]]'
[registry.opam.page."1.0"]
build = '[["npm" "ci"] {os != "win32"} ["cargo" "test"] {with-test}]'
[expected]
outcome = "resolved"
`;

  it("get the toolchain, and what could not be locked is said", async () => {
    const result = await solve(text, { http: createHttpClient({ isOffline: true, environmentVariables: {} }) });
    if (result.kind !== "resolved") throw new Error(result.kind);
    const edges = result.resolution.edges
      .filter(({ kind }) => kind === "build")
      .map(({ to, why }) => `${to}: ${why ?? ""}`);
    expect(edges).toEqual([
      "nix:rustc@1.86.0: the build of bindings 1.0 runs cargo",
      "nix:nodejs_22@22.14.0: the build of page 1.0 runs npm",
    ]);
    expect(result.resolution.fidelity.find(({ ecosystem }) => ecosystem === "opam")?.unverified).toEqual([
      expect.stringMatching(/^the build of bindings 1\.0 runs cargo, and its crates are not locked: /),
      "the build of page 1.0 runs npm, whose packages are not locked: it needs the network",
    ]);
  });
});
