import * as fc from "fast-check";
import { registryFiles } from "../../scripts/registry-layouts.mjs";
import type { FileSystem } from "../../src/model/file-system.ts";

/** A range over whole numbers: `"*"`, or a comparison with one of them. */
export type AbstractRange = "*" | { readonly operator: ">=" | "<" | "="; readonly bound: number };

/** A requirement on a package of one of the ecosystems with versions of their own. */
export interface Need {
  readonly ecosystem: PackageEcosystem;
  readonly name: string;
  readonly range: AbstractRange;
}

export const packageEcosystems = ["npm", "pypi", "cargo", "opam"] as const;
export type PackageEcosystem = (typeof packageEcosystems)[number];

/** What one version of a package needs. */
export interface VersionFacts {
  /** Inside of its own ecosystem. */
  readonly own: readonly Need[];
  /** In another one, said by the metadata of its own where that has a way to say it. */
  readonly foreign: readonly Need[];
  /** Of the ecosystem's own toolchain: a lower or an upper bound on its minor version. */
  readonly tool: { readonly operator: ">=" | "<"; readonly bound: number } | undefined;
  /** A system library: one that nixpkgs has, or one that it lacks. */
  readonly library: string | undefined;
}

/** A problem over five ecosystems, before it is written down in their formats. */
export interface RealUniverse {
  /** Ecosystem, name, version. */
  readonly packages: Readonly<
    Record<PackageEcosystem, Readonly<Record<string, Readonly<Record<string, VersionFacts>>>>>
  >;
  readonly root: readonly Need[];
  readonly declared: readonly { readonly from: Need; readonly to: Need }[];
  /** Minor versions that nixpkgs offers of each toolchain. */
  readonly tools: Readonly<Record<PackageEcosystem, readonly number[]>>;
}

const names = ["ab", "cd", "ef"] as const;
const versions = [1, 2, 3] as const;

const range: fc.Arbitrary<AbstractRange> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("*" as const) },
  { weight: 2, arbitrary: fc.record({ operator: fc.constantFrom(">=", "<", "="), bound: fc.constantFrom(2, 3) }) },
  { weight: 1, arbitrary: fc.record({ operator: fc.constantFrom(">=", "<"), bound: fc.constantFrom(1, 4) }) },
);

function needOf(ecosystems: readonly PackageEcosystem[], among: readonly string[] = names): fc.Arbitrary<Need> {
  return fc.record({ ecosystem: fc.constantFrom(...ecosystems), name: fc.constantFrom(...among), range });
}

/** Later names only, so that there are no cycles inside of an ecosystem: cargo and opam refuse them. */
function versionFacts(ecosystem: PackageEcosystem, name: string): fc.Arbitrary<VersionFacts> {
  const later = names.slice(names.indexOf(name as (typeof names)[number]) + 1);
  const others = packageEcosystems.filter((other) => other !== ecosystem);
  const says = ecosystem === "pypi" ? others : ecosystem === "opam" ? (["npm"] as const) : [];
  return fc.record({
    own: later.length === 0 ? fc.constant([]) : fc.array(needOf([ecosystem], later), { maxLength: 2 }),
    foreign: says.length === 0 ? fc.constant([]) : fc.array(needOf(says), { maxLength: 2 }),
    tool:
      ecosystem === "opam"
        ? fc.constant(undefined)
        : fc.option(
            fc.record({
              operator: fc.constantFrom<(">=" | "<")[]>(
                ...(ecosystem === "cargo" ? ([">="] as const) : ([">=", "<"] as const)),
              ),
              bound: fc.constantFrom(11, 12, 13),
            }),
            { nil: undefined, freq: 2 },
          ),
    library:
      ecosystem === "npm"
        ? fc.constant(undefined)
        : fc.option(fc.constantFrom("openssl", "openssl", "openssl", "zlib"), { nil: undefined, freq: 2 }),
  });
}

function registry(ecosystem: PackageEcosystem): fc.Arbitrary<Record<string, Record<string, VersionFacts>>> {
  const ofName = (name: string): fc.Arbitrary<Record<string, VersionFacts>> =>
    fc.dictionary(fc.constantFrom(...versions.map(String)), versionFacts(ecosystem, name), { minKeys: 2, maxKeys: 3 });
  return fc.record({ ab: ofName("ab"), cd: ofName("cd"), ef: ofName("ef") });
}

const minors = fc.uniqueArray(fc.constantFrom(11, 12, 13), { minLength: 2, maxLength: 3 });

/** Most are for all versions: few universes would have an active one otherwise. */
const declaredEdge = fc
  .tuple(needOf(packageEcosystems), needOf(packageEcosystems), fc.integer({ min: 0, max: 3 }))
  .filter(([from, to]) => from.ecosystem !== to.ecosystem)
  .map(([from, to, kind]): { readonly from: Need; readonly to: Need } => ({
    from: kind === 0 ? from : { ...from, range: "*" },
    to: kind === 1 ? to : { ...to, range: "*" },
  }));

export const realUniverse: fc.Arbitrary<RealUniverse> = fc.record({
  packages: fc.record({
    npm: registry("npm"),
    pypi: registry("pypi"),
    cargo: registry("cargo"),
    opam: registry("opam"),
  }),
  root: fc.uniqueArray(needOf(packageEcosystems), {
    minLength: 2,
    maxLength: 4,
    selector: ({ ecosystem, name }) => `${ecosystem}:${name}`,
  }),
  declared: fc.array(declaredEdge, { minLength: 2, maxLength: 5 }),
  tools: fc.record({ npm: minors, pypi: minors, cargo: minors.map((list) => list.slice(0, 1)), opam: fc.constant([]) }),
});

/** What crates are called whose native library the universe decides on. */
export const userNames = { "crate:ab": "openssl", "crate:cd": "zlib", "crate:ef": "openssl" } as const;

/** The attribute of nixpkgs that a version needs; there is an `openssl`, and no `zlib`. */
export function libraryOf(ecosystem: PackageEcosystem, name: string, { library }: VersionFacts): string | undefined {
  if (ecosystem !== "cargo" || library === undefined) return library;
  return name === "cd" ? "zlib" : "openssl";
}

/** A range in the language of an ecosystem. */
export function rangeText(ecosystem: PackageEcosystem, wanted: AbstractRange): string {
  if (wanted === "*") return "*";
  const version = `${String(wanted.bound)}.0.0`;
  if (ecosystem === "opam") return `${wanted.operator} ${JSON.stringify(version)}`;
  const operator = wanted.operator === "=" ? { npm: "", pypi: "==", cargo: "=" }[ecosystem] : wanted.operator;
  return `${operator}${version}`;
}

export function admits(wanted: AbstractRange, version: string): boolean {
  if (wanted === "*") return true;
  const number = Number(version);
  return wanted.operator === "="
    ? number === wanted.bound
    : wanted.operator === "<"
      ? number < wanted.bound
      : number >= wanted.bound;
}

/** The registries in their native layouts and the index of nixpkgs, in memory. */
export function filesOf(universe: RealUniverse): FileSystem {
  const files = new Map<string, Uint8Array>();
  for (const ecosystem of packageEcosystems) {
    const packages: Record<string, Record<string, Record<string, unknown>>> = {};
    for (const [name, all] of Object.entries(universe.packages[ecosystem])) {
      packages[name] = Object.fromEntries(
        Object.entries(all).map(([version, facts]) => [`${version}.0.0`, factsOf(ecosystem, name, version, facts)]),
      );
    }
    for (const [path, content] of registryFiles(ecosystem, packages)) {
      files.set(`/r/${ecosystem}/${path}`, Buffer.from(content));
    }
  }
  files.set("/r/pins.json", Buffer.from(JSON.stringify({ version: 2, packages: pinned(universe) })));
  return memoryFiles(files);
}

function pinned({ tools }: RealUniverse): Readonly<Record<string, { readonly version: string }>> {
  const offered: Record<string, { version: string }> = { openssl: { version: "3.4.1" } };
  for (const minor of tools.pypi) offered[`python3${String(minor)}`] = { version: `3.${String(minor)}.1` };
  for (const minor of tools.npm) offered[`nodejs_${String(minor)}`] = { version: `${String(minor)}.1.0` };
  for (const minor of tools.cargo) offered["rustc"] = { version: `1.${String(minor)}.0` };
  return offered;
}

function factsOf(
  ecosystem: PackageEcosystem,
  name: string,
  version: string,
  facts: VersionFacts,
): Record<string, unknown> {
  const { own, foreign, tool, library } = facts;
  switch (ecosystem) {
    case "npm":
      return {
        dependencies: Object.fromEntries(own.map((need) => [need.name, rangeText("npm", need.range)])),
        ...(tool === undefined ? {} : { engines: { node: `${tool.operator}${String(tool.bound)}.0.0` } }),
      };
    case "cargo":
      return {
        deps: distinct(own).map((need) => ({ name: need.name, req: rangeText("cargo", need.range) })),
        ...(tool === undefined ? {} : { rust_version: `1.${String(tool.bound)}.0` }),
        ...(library === undefined ? {} : { links: name }),
      };
    case "pypi":
      return { ...(tool === undefined ? {} : { python: pythonRange(tool) }), sdist: sdistOf(name, version, facts) };
    default: {
      const rows = [
        ...(library === undefined ? [] : [`["${library}"] {os-distribution = "nixos"}`]),
        ...foreign.map((need) => `["${need.name}"] {npm-version = ${JSON.stringify(rangeText("npm", need.range))}}`),
      ];
      const depends = own.map(({ name: other, range: wanted }) =>
        wanted === "*" ? `"${other}"` : `"${other}" {${rangeText("opam", wanted)}}`,
      );
      return { depends: `[${depends.join(" ")}]`, depexts: `[${rows.join(" ")}]` };
    }
  }
}

/** A crate names each dependency once. */
function distinct(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [need.name, need])).values()];
}

/** What a version needs inside of its ecosystem: as for crates and npm's objects, the last of several on one name. */
export function ownNeeds(ecosystem: PackageEcosystem, own: readonly Need[]): readonly Need[] {
  return ecosystem === "npm" || ecosystem === "cargo" ? distinct(own) : own;
}

function pythonRange({ operator, bound }: { readonly operator: string; readonly bound: number }): string {
  return `${operator}3.${String(bound)}`;
}

function sdistOf(name: string, version: string, { own, foreign, tool, library }: VersionFacts): Record<string, string> {
  const requires = own.map(
    (need) => `Requires-Dist: ${need.name}${need.range === "*" ? "" : rangeText("pypi", need.range)}`,
  );
  const lines = foreign.map((need) => {
    const wanted =
      need.range === "*"
        ? ""
        : `@${need.range.operator === "=" ? "" : need.range.operator}${String(need.range.bound)}.0.0`;
    return `dep:${need.ecosystem}/${need.name}${wanted}`;
  });
  const external = [
    "[external]",
    `dependencies = ${JSON.stringify(lines)}`,
    ...(library === undefined ? [] : [`host-requires = ["dep:generic/${library}"]`]),
  ];
  return {
    "PKG-INFO": [
      "Metadata-Version: 2.4",
      `Name: ${name}`,
      `Version: ${version}.0.0`,
      ...(tool === undefined ? [] : [`Requires-Python: ${pythonRange(tool)}`]),
      ...requires,
      "",
    ].join("\n"),
    "pyproject.toml": `[build-system]\nrequires = []\nbuild-backend = "backend"\n${external.join("\n")}\n`,
  };
}

function memoryFiles(files: ReadonlyMap<string, Uint8Array>): FileSystem {
  const directories = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const directory = parts.slice(0, depth).join("/") || "/";
      directories.set(directory, (directories.get(directory) ?? new Set<string>()).add(parts[depth] ?? ""));
    }
  }
  return {
    readFile: (path) => files.get(path),
    readDirectory: (path) => {
      const found = directories.get(path);
      return found === undefined ? undefined : [...found].toSorted();
    },
    kind: (path) => (files.has(path) ? "file" : directories.has(path) ? "directory" : undefined),
  };
}
