/** A change of the source that switches one kind of edge off. */
export interface Mutant {
  /** The kind, as docs/edges.md numbers it. */
  readonly edge: string;
  /** Which part of it. */
  readonly what: string;
  /** Files below src, each with a text that occurs in it exactly once, and what takes its place. */
  readonly changes: readonly (readonly [file: string, find: string, replacement: string])[];
  /** The scenario, by the beginning of its name, that must notice. */
  readonly scenario: string;
}

const pypi = "ecosystems/pypi";
const npm = "ecosystems/npm";
const opam = "ecosystems/opam";
const nix = "ecosystems/nix";

/** At least one for every kind of edge between ecosystems. */
export const mutants: readonly Mutant[] = [
  {
    edge: "X1",
    what: "requires-python of distributions",
    changes: [
      [`${pypi}/make-dependencies.ts`, "if (distribution.requiresPython !== undefined) {", "if (false) {"],
      [`${pypi}/collect.ts`, "if (distribution.requiresPython !== undefined) {", "if (false) {"],
    ],
    scenario: "01",
  },
  {
    edge: "X1",
    what: "requires-python of the project",
    changes: [
      [
        `${pypi}/manifest/read-manifest.ts`,
        "return [{ ...pythonRequirement(text, `requires-python of ${who}`), origin }];",
        "return [];",
      ],
    ],
    scenario: "15",
  },
  {
    edge: "X1",
    what: "wheel tags",
    changes: [[`${pypi}/choose-files.ts`, "rank: policy.environment.wheelRank(wheel.tags) });", "rank: 0 });"]],
    scenario: "03e",
  },
  {
    edge: "X2",
    what: "build environments of source distributions",
    changes: [
      [`${pypi}/make-dependencies.ts`, "of distribution.buildRequires)", "of [] as typeof distribution.buildRequires)"],
      [`${pypi}/collect.ts`, "of distribution.buildRequires)", "of [] as typeof distribution.buildRequires)"],
    ],
    scenario: "01",
  },
  {
    edge: "X2",
    what: "programs that build backends run",
    changes: [
      [`${pypi}/foreign-edges.ts`, "return programs.map((name) => ({", "return programs.slice(0, 0).map((name) => ({"],
    ],
    scenario: "17",
  },
  {
    edge: "X3",
    what: "crates inside of source distributions",
    changes: [
      [
        `${pypi}/make-dependencies.ts`,
        "if (crate !== undefined) dependencies.push(...this.#context.nested(crate));",
        "",
      ],
    ],
    scenario: "02",
  },
  {
    edge: "X3",
    what: "the Cargo.lock inside of them",
    changes: [["resolve/nested-project.ts", "const pinned = (locked ?? [])", "const pinned = ([] as typeof all)"]],
    scenario: "02",
  },
  {
    edge: "X3",
    what: "their rust-version",
    changes: [
      [
        `${pypi}/foreign-edges.ts`,
        "): ForeignRequirement | undefined {\n  const cargo = distribution.sdist?.cargo;",
        "): ForeignRequirement | undefined {\n  const cargo = undefined as unknown as NonNullable<Distribution['sdist']>['cargo'];",
      ],
    ],
    scenario: "01",
  },
  {
    edge: "X4",
    what: "engines of the project",
    changes: [
      [
        `${npm}/manifest.ts`,
        "if (package_.nodeEngine !== undefined)",
        "if (false && package_.nodeEngine !== undefined)",
      ],
    ],
    scenario: "15",
  },
  {
    edge: "X4",
    what: "engines of packages, as a constraint",
    changes: [[`${npm}/toolchain-edges.ts`, "if (isStrict &&", "if (false &&"]],
    scenario: "09d",
  },
  {
    edge: "X4",
    what: "engines of packages, as a warning",
    changes: [
      [
        `${npm}/collect.ts`,
        "if (node === undefined || options.strictEngines === true) return;",
        "if (node !== '') return;",
      ],
    ],
    scenario: "09c",
  },
  {
    edge: "X5",
    what: "native builds",
    changes: [[`${npm}/toolchain-edges.ts`, "if (manifest.isNativeBuild) {", "if (false) {"]],
    scenario: "08",
  },
  {
    edge: "X6",
    what: "binaries for platforms",
    changes: [[`${npm}/scope-edges.ts`, "of manifest.optionalDependencies) {", "of new Map<string, string>()) {"]],
    scenario: "07",
  },
  {
    edge: "X7",
    what: "depexts",
    changes: [[`${opam}/system-packages.ts`, "of systemNames(rows, definition, environment))", "of [] as string[])"]],
    scenario: "06",
  },
  {
    edge: "X7",
    what: "rows for NixOS before those for Debian",
    changes: [
      [
        `${opam}/system-packages.ts`,
        '{ "os-distribution": "nixos", "os-family": "nixos" }',
        '{ "os-distribution": "none", "os-family": "none" }',
      ],
    ],
    scenario: "06",
  },
  {
    edge: "X7",
    what: "editions of Rust",
    changes: [[`${opam}/system-packages.ts`, "if (rustRange !== undefined) {", "if (false) {"]],
    scenario: "10b",
  },
  {
    edge: "X7",
    what: "the compiler",
    changes: [[`${opam}/system-packages.ts`, "if (definition.name !== VIRTUAL_COMPILER) return", "if (true) return"]],
    scenario: "05a",
  },
  {
    edge: "X7",
    what: "rows for npm",
    changes: [[`${opam}/system-packages.ts`, "return range === undefined\n", "return true || range === undefined\n"]],
    scenario: "13",
  },
  {
    edge: "X8",
    what: "builds that run cargo or npm",
    changes: [
      [
        `${opam}/system-packages.ts`,
        'if (flagsOf(definition).has("conf")) return new Set();',
        'if (flagsOf(definition).has("conf") || true) return new Set();',
      ],
    ],
    scenario: "05a",
  },
  {
    edge: "X8",
    what: "the crates that they need",
    changes: [
      [`${opam}/source.ts`, 'if ("project" in crate) dependencies.push(...this.context.nested(crate.project));', ""],
    ],
    scenario: "05a",
  },
  {
    edge: "X9",
    what: "links",
    changes: [
      [
        "ecosystems/cargo/solve/foreign-requirements.ts",
        'if (release.links !== undefined && release.source.kind !== "path" && !isVendored(options.features ?? []))',
        "if (false)",
      ],
    ],
    scenario: "15",
  },
  {
    edge: "X9",
    what: "features that build an own copy",
    changes: [[`${nix}/foreign-name.ts`, "if (own !== undefined) return", "if (own === '') return"]],
    scenario: "15",
  },
  {
    edge: "X9",
    what: "features that ask for a library",
    changes: [
      [
        "ecosystems/cargo/solve/dependency-compiler.ts",
        "result.push(...this.#foreignEdges(linkRequirement(release, release.links, [request.name])));",
        "",
      ],
    ],
    scenario: "15",
  },
  {
    edge: "X9",
    what: "libraries of some systems only",
    changes: [[`${nix}/foreign-name.ts`, "if (meaning.systems !== undefined &&", "if (false &&"]],
    scenario: "15",
  },
  {
    edge: "X9",
    what: "rust-version of crates under strict engines",
    changes: [
      [
        "ecosystems/cargo/solve/foreign-requirements.ts",
        "if (options.strictEngines && release.rustVersion",
        "if (false && release.rustVersion",
      ],
    ],
    scenario: "16",
  },
  {
    edge: "X9",
    what: "rust-version of the project",
    changes: [
      [
        "ecosystems/cargo/manifest/read-manifest.ts",
        "if (member.rustVersion === undefined) return [];",
        "if (member.name !== '') return [];",
      ],
    ],
    scenario: "16b",
  },
  {
    edge: "X10",
    what: "the table [external]",
    changes: [[`${pypi}/external.ts`, "return keys.flatMap(", "return ([] as (typeof keys)[number][]).flatMap("]],
    scenario: "14",
  },
  {
    edge: "X10",
    what: "packages of other registries",
    changes: [
      [`${pypi}/external.ts`, "const exact = registries.get(type.toLowerCase());", "const exact = registries.get('');"],
    ],
    scenario: "14",
  },
  {
    edge: "X11",
    what: "declared edges, for the solver",
    changes: [
      [
        "resolve/joint-problem.ts",
        "for (const edge of this.#parts.declaredEdges) {",
        "for (const edge of [] as DeclaredEdge[]) {",
      ],
    ],
    scenario: "13",
  },
  {
    edge: "X11",
    what: "declared edges, in the answer",
    changes: [["resolve/joint-edges.ts", "of declaredEdges) {", "of [] as DeclaredEdge[]) {"]],
    scenario: "13",
  },
  {
    edge: "X11",
    what: "versions that they are for",
    changes: [
      ["resolve/joint-edges.ts", "rangeAdmits(from.ecosystem, from.range, package_.version)", "true"],
      ["resolve/joint-problem.ts", "if (edge.from.range !== undefined &&", "if (false &&"],
    ],
    scenario: "13",
  },
];
