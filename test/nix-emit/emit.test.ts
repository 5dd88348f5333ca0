import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emitNix, staleFiles } from "../../src/nix-emit/emit-nix.ts";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";
import { emitProject, evaluateRestricted, projectExpression, readText } from "./emitted-project.ts";
import type { Artifact } from "../../src/model/resolution.ts";
import {
  allSystems,
  attributeOf,
  edgeOf,
  npmPackage,
  packageOf,
  resolutionOf,
  rootOf,
  someIntegrity,
} from "./sample.ts";
import { webService } from "./web-service.ts";

const store = makeStore();
const web = emitProject(webService(), { "web/package.json": "{}" }, { flake: true });

function contentOf(path: string): string {
  const file = web.files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`${path} was not emitted`);
  return file.content;
}

function existing(path: string): string | undefined {
  return readText(join(web.directory, path));
}

/** A wheel with compiled code. */
function compiledWheel(platform: string, systems: readonly string[]): Artifact {
  const url = `https://pypi.example/fast-1-cp312-cp312-${platform}.whl`;
  return { kind: "wheel", url, integrity: someIntegrity, systems };
}

/** The archives of the tree, per system, by the names of the packages that are for some platform only. */
function binariesOn(system: string): unknown {
  const expression = `
    let
      project = ${projectExpression(web, { system })};
      names = map (source: source.name) (builtins.attrValues project.sources);
      used = builtins.filter (name: builtins.match ".*(darwin|linux|win32|bsd|sunos|android|aix|wasm|openharmony|netbsd).*" name != null) (
        map (one: one.source) (builtins.filter (one: !(one ? systems) || builtins.elem ${JSON.stringify(system)} one.systems)
          (builtins.fromJSON (builtins.readFile "${web.directory}/nix/enki/plan.json")).projects.web.nodes)
      );
    in
    assert builtins.isString project.projects.web.drvPath; assert builtins.isString project.drvPath; assert names != [ ]; used`;
  return evaluateRestricted(store, web, expression);
}

describe("what is emitted", () => {
  it("is a fixed set of files, sorted", () => {
    expect(web.files.map(({ path }) => path)).toEqual([
      "flake.nix",
      "nix/enki/default.nix",
      "nix/enki/lib/cargo.nix",
      "nix/enki/lib/default.nix",
      "nix/enki/lib/npm-install.mjs",
      "nix/enki/lib/npm.nix",
      "nix/enki/lib/opam.nix",
      "nix/enki/lib/pypi-install.py",
      "nix/enki/lib/pypi.nix",
      "nix/enki/overlay.nix",
      "nix/enki/overrides.nix",
      "nix/enki/plan.json",
    ]);
  });

  it("names the toolchains and libraries that were chosen", () => {
    expect(contentOf("nix/enki/default.nix")).toMatchInlineSnapshot(`
      "# Written by \`enki nix\` from enki.lock; do not edit. Changes belong into overrides.nix.
      {
        lib,
        fetchurl,
        mkShell,
        nodejs_20,
        stdenv,
        stdenvNoCC,
        projectRoot ? ../..,
        expectedNixpkgs ? "nixos-24.11",
      }:

      import ./lib {
        inherit
          fetchurl
          lib
          mkShell
          stdenv
          stdenvNoCC
          projectRoot
          expectedNixpkgs
          ;
        plan = builtins.fromJSON (builtins.readFile ./plan.json);
        overrides = import ./overrides.nix;
        toolchains = {
          node = nodejs_20;
        };
        attributes = { };
      }
      "
    `);
  });

  it("takes its flake's nixpkgs from the branch of the release that was resolved for", () => {
    expect(contentOf("flake.nix")).toContain('inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11";');
  });

  it("does not depend on the order of its input, and is the same twice", () => {
    const resolution = webService();
    const turned = {
      ...resolution,
      packages: resolution.packages.toReversed(),
      instances: resolution.instances.toReversed(),
      edges: resolution.edges.toReversed(),
      targets: resolution.targets.toReversed(),
    };
    const options = { lockText: "x", existing: () => undefined, flake: true };
    expect(emitNix(turned, options)).toEqual(emitNix(resolution, options));
  });

  it("leaves the user's files alone, and tells which of its own are stale", () => {
    const again = emitNix(webService(), { lockText: existing("enki.lock") ?? "", existing, flake: true });
    expect(again.map(({ path }) => path)).not.toContain("nix/enki/overrides.nix");
    expect(again.map(({ path }) => path)).not.toContain("flake.nix");
    expect(staleFiles(again, existing)).toEqual([]);
    const changed = emitNix(webService(), { lockText: "changed", existing });
    expect(staleFiles(changed, existing)).toEqual(["nix/enki/plan.json"]);
    expect(staleFiles(changed, () => undefined)).toEqual(changed.map(({ path }) => path));
  });

  it("has one hash per source, sha256 or sha512", () => {
    const plan = JSON.parse(contentOf("nix/enki/plan.json")) as {
      readonly sources: Record<string, { readonly hash: string }>;
    };
    const hashes = Object.values(plan.sources).map(({ hash }) => hash);
    expect(hashes.length).toBeGreaterThan(80);
    expect(hashes.filter((hash) => !/^sha(?:256-[A-Za-z0-9+/]{43}=|512-[A-Za-z0-9+/]{86}==)$/.test(hash))).toEqual([]);
  });

  it.skipIf(nixIsMissing)("parses, and has the shape of nixpkgs: LF, two spaces, no `with`, no `rec`", () => {
    const nixFiles = web.files.filter((file) => file.path.endsWith(".nix"));
    const paths = nixFiles.map(({ path }) => join(web.directory, path));
    expect(execFileSync("nix-instantiate", ["--parse", ...paths], { env: store.environment }).length).toBeGreaterThan(
      0,
    );
    const unshapely = nixFiles.filter(
      ({ content }) => /\r|\t|[ ]+\n|^\s*with\s[^;\n]*;|\brec\s*\{/m.test(content) || !content.endsWith("\n"),
    );
    expect(unshapely.map(({ path }) => path)).toEqual([]);
    // nixfmt breaks lines at 100 characters, but no texts, scripts or comments.
    const long = nixFiles.flatMap(({ content }) => content.split("\n").filter((line) => line.length > 100));
    expect(long.filter((line) => !/["#$]/.test(line))).toEqual([]);
  });
});

describe.skipIf(nixIsMissing)("on four systems", () => {
  it.each(allSystems)(
    "%s evaluates without network and without import from derivation, with one binary each",
    (system) => {
      expect(binariesOn(system)).toMatchSnapshot();
    },
  );

  it("refuses a system that the lock is not for", () => {
    const two = emitProject(webService(undefined, ["x86_64-linux"]), { "web/package.json": "{}" });
    const expression = `(${projectExpression(two, { system: "aarch64-linux" })}).drvPath`;
    expect(() => evaluateRestricted(store, two, expression)).toThrow(
      /resolved for x86_64-linux, not for aarch64-linux/,
    );
  });

  it("refuses another lock, and another nixpkgs unless told otherwise", () => {
    const stale = emitProject(webService(), { "web/package.json": "{}" });
    const expression = `(${projectExpression(stale, { release: "25.05" })}).drvPath`;
    expect(() => evaluateRestricted(store, stale, expression)).toThrow(/nixpkgs nixos-24\.11, but this is 25\.05/);
    const anyway = `(${projectExpression(stale, { release: "25.05", extra: "{ expectedNixpkgs = null; }" })}).drvPath`;
    expect(evaluateRestricted(store, stale, anyway)).toMatch(/\.drv$/);
    writeFileSync(join(stale.directory, "enki.lock"), "another");
    expect(() => evaluateRestricted(store, stale, anyway)).toThrow(/another enki\.lock; run `enki nix`/);
  });

  it.each([
    ["MIT", { shortName: "mit" }],
    ["MIT OR Apache-2.0", [{ shortName: "mit" }, { shortName: "asl20" }]],
    ["(MIT AND ISC) OR Apache-2.0", [{ shortName: "mit" }, { shortName: "isc" }, { shortName: "asl20" }]],
    ["MIT/Apache-2.0", [{ shortName: "mit" }, { shortName: "asl20" }]],
    ["MIT OR Unheard-Of-1.0", "MIT OR Unheard-Of-1.0"],
    ["Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"],
    ["UNLICENSED", "UNLICENSED"],
    ["SEE LICENSE IN LICENSE.md", "SEE LICENSE IN LICENSE.md"],
    ["MIT OR", "MIT OR"],
    ["MIT)", "MIT)"],
  ])("the licence %j becomes licences of nixpkgs, or stays as it is: %j", (licence, expected) => {
    const wheel = { kind: "wheel", url: "https://pypi.example/a-1-py3-none-any.whl", integrity: someIntegrity };
    const package_ = { ...packageOf("pypi", "a", "1", [wheel]), licence };
    const root = rootOf("pypi", "pyproject.toml");
    const one = emitProject(
      resolutionOf({ roots: [root], packages: [package_], edges: [edgeOf(root.id, package_.id)] }),
    );
    const read = evaluateRestricted(
      store,
      one,
      `let l = (${projectExpression(one)}).packages."pypi:a@1".meta.license; short = x: if builtins.isString x then x else { inherit (x) shortName; }; in if builtins.isList l then map short l else short l`,
    );
    expect(read).toEqual(expected);
  });

  it("points the libraries of compiled wheels to those of nixpkgs, on Linux, and says that they were not built", () => {
    const fast = packageOf("pypi", "fast", "1", [
      compiledWheel("manylinux_2_17_x86_64", ["x86_64-linux"]),
      compiledWheel("macosx_11_0_arm64", ["aarch64-darwin"]),
    ]);
    const root = rootOf("pypi", "pyproject.toml");
    const systems = ["aarch64-darwin", "x86_64-linux"];
    const zlib = attributeOf("zlib", "1.3", ["link"]);
    const edges = [edgeOf(root.id, fast.id), edgeOf(fast.id, zlib.id, { kind: "link" })];
    const one = emitProject(resolutionOf({ systems, roots: [root], packages: [fast, zlib], edges }));
    const on = (system: string): unknown =>
      evaluateRestricted(
        store,
        one,
        `let project = ${projectExpression(one, { system })}; package = project.packages."pypi:fast@1"; in
        assert builtins.isString project.drvPath && builtins.isString project.devShell.drvPath;
        { native = map (one: one.name) package.nativeBuildInputs; link = map (one: one.name) package.buildInputs; isStripped = !package.dontStrip; origin = map (one: one.shortName) package.meta.sourceProvenance or [ ]; }`,
      );
    const origin = ["binaryNativeCode"];
    const native = ["auto-patchelf-hook"];
    expect(on("x86_64-linux")).toEqual({ native, link: ["cc", "zlib", "zlib"], isStripped: false, origin });
    expect(on("aarch64-darwin")).toEqual({ native: [], link: ["zlib"], isStripped: false, origin });
  });

  it("lets overrides.nix change a derivation", () => {
    const project = emitProject(webService(), { "web/package.json": "{}" });
    const expression = `(${projectExpression(project)}).projects.web.drvPath`;
    const before = evaluateRestricted(store, project, expression);
    writeFileSync(
      join(project.directory, "nix/enki/overrides.nix"),
      'final: prev: { "project:web" = prev."project:web".overrideAttrs (old: { GREETING = "hello"; }); }',
    );
    expect(evaluateRestricted(store, project, expression)).not.toBe(before);
  });

  it("gives an overlay", () => {
    const { directory } = web;
    const expression = `
      let
        pkgs = import ${JSON.stringify(join(import.meta.dirname, "fake-pkgs"))} { system = "x86_64-linux"; };
        final = pkgs // overlay final pkgs // { callPackage = f: o: let g = import f; in g (builtins.intersectAttrs (builtins.functionArgs g) pkgs // o); };
        overlay = import ${directory}/nix/enki/overlay.nix;
      in
      builtins.attrNames (overlay final pkgs) ++ [ final.enki-web.name ]`;
    expect(evaluateRestricted(store, web, expression)).toEqual(["enki", "enki-web", "web", "web-1.0.0"]);
  });
});

describe("opam packages", () => {
  it("need another on every system that one of their requirements is for", () => {
    const [from, to] = [packageOf("opam", "a", "1", []), packageOf("opam", "b", "1", [])];
    const resolution = resolutionOf({
      roots: [rootOf("opam", "a.opam")],
      packages: [from, to],
      edges: [
        edgeOf(from.id, to.id, { kind: "build", systems: ["x86_64-linux"] }),
        edgeOf(from.id, to.id, { systems: ["aarch64-linux"] }),
      ],
    });
    const plan = emitNix(resolution, { lockText: "", existing: () => undefined }).find(({ path }) =>
      path.endsWith("plan.json"),
    );
    expect(JSON.parse(plan?.content ?? "")).toMatchObject({
      opam: { [from.id]: { dependencies: [{ id: to.id, systems: ["aarch64-linux", "x86_64-linux"] }] } },
    });
  });
});

describe("the overlay", () => {
  it.each([
    ["matrix-synapse", ["enki", "enki-bot", "matrix-synapse"]],
    ["nodejs_20", ["enki", "enki-bot"]],
    ["stdenv", ["enki", "enki-bot"]],
    ["callPackage", ["enki", "enki-bot"]],
  ])("of a project called %s has %j: never what it is built from", (name, expected) => {
    const root = rootOf("npm", "bot/package.json", { name });
    const node = attributeOf("nodejs_20", "20", ["native"], "node");
    const files = emitNix(resolutionOf({ roots: [root], packages: [node] }), {
      lockText: "",
      existing: () => undefined,
    });
    const overlay = files.find(({ path }) => path.endsWith("overlay.nix"))?.content ?? "";
    expect([...overlay.matchAll(/^ {2}(\S+) = /gm)].map(([, attribute]) => attribute)).toEqual(expected);
  });
});

describe("what is refused", () => {
  const one = npmPackage("node_modules/a", "1.0.0");
  const root = rootOf("npm", "package.json", { name: "top" });
  const emitArtifact = (artifact: object): unknown => {
    const package_ = {
      ...one.package,
      artifacts: [{ kind: "tarball", url: "https://npm.example/a.tgz", ...artifact }],
    };
    const resolution = resolutionOf({ roots: [root], packages: [package_], instances: [one.instance] });
    return emitNix(resolution, { lockText: "", existing: () => undefined });
  };

  it.each([
    [{}, /no hash of its file/],
    [{ integrity: "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=" }, /too weak or unknown/],
    [{ integrity: "md5-qZk+NkcGgWq6PiVxeFDCbA==" }, /too weak or unknown/],
    [{ integrity: `sha384-${Buffer.alloc(48).toString("base64")}` }, /too weak or unknown/],
    [{ integrity: "sha512-short" }, /not Subresource Integrity/],
    [{ integrity: someIntegrity, url: "http://npm.example/a.tgz" }, /not https/],
    [{ integrity: someIntegrity, url: "https://user:secret@npm.example/a.tgz" }, /holds credentials/],
    [{ integrity: someIntegrity, url: "" }, /no usable URL/],
    [{ integrity: someIntegrity, url: "null" }, /no usable URL/],
    [{ integrity: someIntegrity, url: "file:///etc/passwd" }, /no usable URL/],
    [{ integrity: someIntegrity, url: "https://npm.example/a\0.tgz" }, /NUL/],
    [{ kind: "git", url: `git+https://git.example/a#${"a".repeat(40)}` }, /no hash of its checkout/],
    [{ integrity: someIntegrity, kind: "git", url: "git+https://git.example/a" }, /names no commit/],
  ])("an artefact with %j", (artifact, message) => {
    expect(() => emitArtifact(artifact)).toThrow(message);
  });

  it.each([
    [{}, /its shrinkwrap fixes b 1.0.0 without an address and a SHA-2 hash/],
    [{ integrity: "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=" }, /its shrinkwrap fixes b 1.0.0 without/],
    [{ integrity: someIntegrity, resolved: "http://npm.example/b.tgz" }, /npm:b@1.0.0 .* not https/],
    [{ integrity: someIntegrity, path: "node_modules/../../../b" }, /leaves its place/],
    [{ integrity: someIntegrity, bin: { "../b": "b.js", ".": "c.js" } }, /command with the name/],
  ])("what a shrinkwrap fixes with %j", (entry, message) => {
    const fixed = { path: "node_modules/b", version: "1.0.0", resolved: "https://npm.example/b.tgz", ...entry };
    const artifacts = [{ kind: "tarball", url: "https://npm.example/a.tgz", integrity: someIntegrity }];
    const package_ = { ...one.package, artifacts, details: { hasShrinkwrap: true, bundled: [fixed] } };
    const resolution = resolutionOf({ roots: [root], packages: [package_], instances: [one.instance] });
    expect(() => emitNix(resolution, { lockText: "", existing: () => undefined })).toThrow(message);
  });

  it("never repeats a credential", () => {
    expect(() => emitArtifact({ integrity: someIntegrity, url: "https://user:secret@npm.example/a.tgz" })).not.toThrow(
      /secret/,
    );
  });

  it("takes the strong hash of several, so that Nix never checks a weak one only", () => {
    const integrity = `sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0= ${someIntegrity}`;
    expect(JSON.stringify(emitArtifact({ integrity }))).toContain(someIntegrity.replaceAll("/", "/"));
    expect(JSON.stringify(emitArtifact({ integrity }))).not.toContain("sha1-");
  });

  it.each([
    ["../outside/node_modules/a", /leaves its place/],
    ["node_modules/../../a", /leaves its place/],
    ["node_modules/a\nb", /leaves its place/],
    ["elsewhere", /not in a node_modules folder/],
  ])("the place %j", (path, message) => {
    const instance = { ...one.instance, path };
    const resolution = resolutionOf({ roots: [root], packages: [one.package], instances: [instance] });
    expect(() => emitNix(resolution, { lockText: "", existing: () => undefined })).toThrow(message);
  });

  it.each([[{ ".hidden": "x.js" }], [{ ok: "../../x.js" }], [{ ok: "/bin/sh" }], [{ "a\0b": "x.js" }]])(
    "the commands %j",
    (bin) => {
      const { package: package_, instance } = npmPackage("node_modules/a", "1.0.0", { bin });
      const resolution = resolutionOf({ roots: [root], packages: [package_], instances: [instance] });
      const emit = (): unknown => emitNix(resolution, { lockText: "", existing: () => undefined });
      expect(emit).toThrow(/can't be|leaves its place|has a command|NUL/);
    },
  );

  it("a system package without an attribute, by name", () => {
    const conf = packageOf("nix", "libfoo", "1", [], { roles: ["link"] });
    const zarith = packageOf("opam", "zarith", "1.13", [], {});
    const resolution = resolutionOf({
      roots: [rootOf("opam", "dns.opam")],
      packages: [conf, zarith],
      edges: [edgeOf("root:dns.opam", zarith.id), edgeOf(zarith.id, conf.id, { kind: "link" })],
    });
    expect(() => emitNix(resolution, { lockText: "", existing: () => undefined })).toThrow(
      /no nixpkgs attribute for nix:libfoo@1/,
    );
  });

  it("an attribute that is code", () => {
    const evil = packageOf("nix", "x", "1", [], { attribute: "x; builtins.abort", roles: ["link"] });
    const crate = packageOf("opam", "a", "1", [], {});
    const resolution = resolutionOf({
      roots: [rootOf("opam", "a.opam")],
      packages: [evil, crate],
      edges: [edgeOf(crate.id, evil.id)],
    });
    expect(() => emitNix(resolution, { lockText: "", existing: () => undefined })).toThrow(/no nixpkgs attribute/);
  });

  it.skipIf(nixIsMissing)("nothing of a hostile text: it stays text through JSON and Nix", () => {
    const licence = '${builtins.abort "x"} " \'\' \\ </script>';
    const hostile = npmPackage("node_modules/${x}", "1.0.0", { bin: { "a'b": "x.js" } });
    const resolution = resolutionOf({
      roots: [rootOf("npm", "package.json", { name: '${builtins.abort "y"}', version: "1;'" })],
      packages: [
        { ...hostile.package, licence },
        attributeOf("gtk+-3", "3", ["link"]),
        attributeOf("nodejs_20", "20", ["native"], "node"),
      ],
      instances: [hostile.instance],
    });
    const project = emitProject(resolution, { "package.json": "{}" });
    expect(evaluateRestricted(store, project, `(${projectExpression(project)}).drvPath`)).toMatch(/\.drv$/);
  });
});
