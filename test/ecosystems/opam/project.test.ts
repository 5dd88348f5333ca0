import { describe, expect, it } from "vitest";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import { readOpamManifest } from "../../../src/ecosystems/opam/manifest.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { resolveService } from "../../../src/resolve.ts";
import { onlyEcosystem } from "../../../src/resolve/assumed-ecosystem.ts";
import type { Resolved } from "../../../src/resolve/request.ts";
import { memoryFiles, memoryRepository } from "./memory-files.ts";

interface Project {
  readonly packages: Readonly<Record<string, string>>;
  /** Manifests by path. */
  readonly manifests: Readonly<Record<string, string>>;
  /** Further files of the project. */
  readonly files?: Readonly<Record<string, string>>;
  readonly systems?: readonly string[];
  readonly settings?: Readonly<Record<string, JsonValue>>;
}

function manifestOf(path: string, text: string): Manifest {
  const { manifest, diagnostics } = readOpamManifest(path, Buffer.from(text));
  if (manifest === undefined) throw new Error(diagnostics.map(({ message }) => message).join());
  return manifest;
}

async function resolve(project: Project): Promise<Resolved> {
  const repository = memoryRepository(project.packages);
  const own = memoryFiles(
    Object.fromEntries(Object.entries(project.files ?? {}).map(([path, text]) => [`/project/${path}`, text])),
  );
  const settings = new Map<string, JsonValue>([["compiler", "none"], ...Object.entries(project.settings ?? {})]);
  const known = new Map(["nix", "npm", "opam"].map((id) => [id, opam]));
  const result = await resolveService({
    projectDirectory: "/project",
    ecosystems: onlyEcosystem(known, "opam"),
    manifests: Object.entries(project.manifests).map(([path, text]) => manifestOf(path, text)),
    serviceRequirements: [],
    declaredEdges: [],
    systems: project.systems ?? ["x86_64-linux"],
    registries: new Map([["opam", [{ kind: "path", path: "/repository" }]]]),
    options: { settings: new Map() },
    settings: new Map([["opam", settings]]),
    http: createHttpClient({ environmentVariables: {}, isOffline: true }),
    files: {
      readFile: (path) => own.readFile(path) ?? repository.readFile(path),
      readDirectory: (path) => own.readDirectory(path) ?? repository.readDirectory(path),
      kind: (path) => own.kind(path) ?? repository.kind(path),
    },
    environmentVariables: {},
    nowMs: 0,
    isOffline: true,
    limits: {},
    signal: new AbortController().signal,
  });
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result;
}

function ids({ resolution }: Resolved): readonly string[] {
  return resolution.packages.map(({ id }) => id);
}

describe("a project of opam packages", () => {
  it("may have several that need each other", async () => {
    const result = await resolve({
      packages: { "shared.1": "", "b.1": 'depends: "shared"', "c.1": 'depends: "a" {= "2"}' },
      manifests: {
        "a/a.opam": 'version: "2"\ndepends: ["shared"]',
        "b/b.opam": 'depends: ["a" {>= "2"} "c"]',
      },
    });
    expect(ids(result)).toEqual(["opam:c@1", "opam:shared@1"]);
    expect(result.resolution.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "opam:c@1 root:a/a.opam",
      "root:a/a.opam opam:shared@1",
      "root:b/b.opam opam:c@1",
      "root:b/b.opam root:a/a.opam",
    ]);
    const locked = result.locks.find(({ path }) => path === "b/b.opam.locked");
    expect(locked?.content).toContain('depends: [\n  "c" {= "1"}\n  "shared" {= "1"}\n]');
  });

  it("solves for each system by itself and keeps the differences in one lock", async () => {
    const result = await resolve({
      packages: { "l.1": "", "m.1": 'available: os = "macos"', "c.1": "", "c.2": 'available: arch = "x86_64"' },
      manifests: { "x.opam": 'depends: ["l" {os = "linux"} "m" {os = "macos"} "c"]\nbuild: [["make" os arch]]' },
      systems: ["aarch64-darwin", "x86_64-linux"],
    });
    expect(ids(result)).toEqual(["opam:c@1", "opam:l@1", "opam:m@1"]);
    // The second system keeps what the first one needed, so c stays at 1.
    expect(result.resolution.instances.map(({ package: id, systems }) => [id, systems])).toEqual([
      ["opam:c@1", undefined],
      ["opam:l@1", ["x86_64-linux"]],
      ["opam:m@1", ["aarch64-darwin"]],
    ]);
    expect(result.locks.map(({ path }) => path)).toEqual([
      "enki.aarch64-darwin.opam-switch",
      "enki.x86_64-linux.opam-switch",
      "x.opam.locked",
    ]);
    expect(result.locks[1]?.content).toBe(
      'opam-version: "2.0"\nroots: [\n  "c.1"\n  "l.1"\n]\ninstalled: [\n  "c.1"\n  "l.1"\n]\n',
    );
    expect(result.locks[2]?.content).toContain('"m" {= "1" & (os = "macos" & arch = "arm64")}');
  });

  it("counts its own tests only when they are asked for", async () => {
    const project = {
      packages: { "t.1": "", "d.1": "" },
      manifests: { "x.opam": 'depends: ["t" {with-test} "d" {dev}]' },
    };
    expect(ids(await resolve(project))).toEqual(["opam:d@1"]);
    expect(ids(await resolve({ ...project, settings: { "with-test": true } }))).toEqual(["opam:d@1", "opam:t@1"]);
  });

  it("excludes what its manifest conflicts with", async () => {
    const packages = { "a.1": "", "a.2": 'depends: "old"', "old.1": "" };
    const manifests = { "x.opam": 'depends: "a"\nconflicts: "old"' };
    expect(ids(await resolve({ packages, manifests }))).toEqual(["opam:a@1"]);
  });

  it("excludes other packages of its manifest's conflict class", async () => {
    const packages = { "a.1": "", "a.2": 'conflict-class: "k"' };
    const manifests = { "x.opam": 'depends: "a"\nconflict-class: "k"' };
    expect(ids(await resolve({ packages, manifests }))).toEqual(["opam:a@1"]);
  });

  it("pins packages to paths, and to sources whose version a repository describes", async () => {
    const pinned = `depends: ["a" "g"]\npin-depends: [["a.5" "./vendor/a"] ["g.1" "git+https://example.org/g.git#main"]]`;
    const packages = { "a.1": "", "g.1": 'depends: "b"', "g.2": "", "b.1": "", "c.1": "" };
    const result = await resolve({
      packages,
      manifests: { "x/x.opam": pinned },
      files: { "x/vendor/a/a.opam": 'opam-version: "2.0"\ndepends: "c"' },
    });
    expect(ids(result)).toEqual(["opam:a@5", "opam:b@1", "opam:c@1", "opam:g@1"]);
    expect(result.resolution.packages.flatMap(({ artifacts }) => artifacts)).toEqual([
      { kind: "path", url: "./vendor/a" },
      { kind: "version-control", url: "git+https://example.org/g.git#main" },
    ]);
    expect(result.resolution.fidelity.flatMap(({ unverified }) => unverified)).toEqual([
      "g 1 is pinned to git+https://example.org/g.git#main; its requirements are those that ../repository states",
    ]);
    await expect(resolve({ packages, manifests: { "x/x.opam": pinned } })).rejects.toThrow(
      "there is no opam file for a in ./vendor/a",
    );
    const unknown = 'depends: "g"\npin-depends: ["g.9" "git+https://example.org/g.git"]';
    await expect(resolve({ packages, manifests: { "x.opam": unknown } })).rejects.toThrow(
      "Enki cannot look into git+https://example.org/g.git, which g is pinned to",
    );
  });

  it("keeps what builders need in the lock", async () => {
    const result = await resolve({
      packages: {
        "a.1": `synopsis: "A library"
license: ["ISC" "MIT"]
flags: [conf light-uninstall]
depends: ["b" {>= "1" & build}]
depopts: "z"
build: [
  ["./configure" "--prefix=%{prefix}%" "--with-b" {b:installed} "--with-z" {z:installed} "--os=%{os}%" "100%%"]
  [make "-j%{jobs}%"] {os = "linux"}
  ["test"] {with-test}
  ["%{b:version}%" "%{b:enable}%" "%{z:enable}%" "%{ocaml:native?yes:no}%" name]
]
install: [make "install"]
patches: ["always.patch" "mac.patch" {os = "macos"}]
substs: "a.config"
depexts: [["liba-dev"] {os-family = "debian"}]
url {
  src: "https://example.org/a.tgz"
  checksum: [
    "md5=00000000000000000000000000000000"
    "sha256=0000000000000000000000000000000000000000000000000000000000000000"
  ]
  mirrors: "https://mirror.example.org/a.tgz"
}
extra-source "always.patch" {
  src: "https://example.org/always.patch"
  checksum: "md5=00000000000000000000000000000000"
}`,
        "b.1": 'url { src: "git+https://example.org/b.git" }',
      },
      manifests: { "x.opam": 'depends: "a"' },
    });
    const [a, b] = result.resolution.packages;
    expect(b?.artifacts).toEqual([{ kind: "version-control", url: "git+https://example.org/b.git" }]);
    expect(a).toEqual({
      id: "opam:a@1",
      ecosystem: "opam",
      name: "a",
      version: "1",
      licence: "ISC AND MIT",
      artifacts: [
        {
          kind: "source",
          url: "https://example.org/a.tgz",
          integrity: `sha256-${Buffer.alloc(32).toString("base64")}`,
        },
        { kind: "extra-source", url: "https://example.org/always.patch" },
      ],
      details: {
        depends: '["b" {>= "1" & build}]',
        depopts: '"z"',
        flags: ["conf", "light-uninstall"],
        build: [
          ["./configure", "--prefix=%{prefix}%", "--with-b", "--os=linux", "100%%"],
          ["%{make}%", "-j%{jobs}%"],
          ["1", "enable", "disable", "yes", "a"],
        ],
        install: [["%{make}%", "install"]],
        patches: ["always.patch"],
        substs: ["a.config"],
        depexts: [{ names: ["liba-dev"], filter: 'os-family = "debian"' }],
        synopsis: "A library",
        checksums: [`md5=${"0".repeat(32)}`, `sha256=${"0".repeat(64)}`],
        mirrors: ["https://mirror.example.org/a.tgz"],
        extraSources: [
          {
            name: "always.patch",
            url: "https://example.org/always.patch",
            checksums: [`md5=${"0".repeat(32)}`],
          },
        ],
      },
    });
  });
});
