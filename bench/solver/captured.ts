/**
 * Real problems of every ecosystem, captured from the registries that stand beside the repository by the code behind
 * `enki snapshot`. Nothing of them is kept: they are taken anew for each run.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RegistryLocation } from "../../src/ecosystems/ecosystem.ts";
import { ecosystems } from "../../src/ecosystems/index.ts";
import { parseTomlDocument } from "../../src/formats/toml.ts";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import type { Snapshot } from "../../src/solver/index.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { resolveCargo } from "../../test/ecosystems/cargo/helpers/resolve-cargo.ts";
import { sharedRegistry } from "../../test/ecosystems/cargo/helpers/shared-index.ts";
import { frozenPackuments } from "../../test/ecosystems/npm/frozen-registry.ts";
import { sharedNpmData } from "../../test/ecosystems/npm/shared-scenarios.ts";
import { sharedOpamData, sharedRepositoryTar } from "../../test/ecosystems/opam/shared-repository.ts";
import { hasSnapshots, readCases, readSnapshot } from "../../test/ecosystems/pypi/backtracking-snapshots.ts";
import { lockNames, readReplay } from "../../test/ecosystems/pypi/lock-replay.ts";
import { MemoryIndex, type MemoryProjects, solve } from "../../test/ecosystems/pypi/memory-index.ts";

/** A captured problem that can be solved again and again. */
export interface CapturedProblem {
  readonly name: string;
  /** Takes the snapshot; `undefined`, with the reason printed, when its data is missing. */
  readonly capture: () => Promise<Snapshot | undefined>;
}

type RegistryFacts = Parameters<typeof writeRegistry>[2];

const OFFLINE = { fetch: () => Promise.reject(new Error("everything is on disk")) };
const ROOT = join(import.meta.dirname, "../..");
const OPAM_SETTINGS =
  '[opam]\ncompiler = "5.4.1"\nos-distribution = "debian"\nos-family = "debian"\nos-version = "12"\n';

function snapshotOf(name: string, { kind, problems }: ResolveResult): Snapshot {
  const snapshot = problems?.at(-1)?.snapshot;
  if (snapshot === undefined) throw new Error(`${name} is ${kind} and gave no problem`);
  return snapshot;
}

/** Runs `work` in a directory with these files, and removes it. */
async function within<T>(files: Readonly<Record<string, string>>, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "enki-bench-solver-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The service in a directory, over registries on disk. */
async function captureService(
  name: string,
  projectDirectory: string,
  paths: Readonly<Record<string, string>> = {},
): Promise<Snapshot> {
  const loaded = new Map(await Promise.all([...ecosystems].map(async ([id, load]) => [id, await load()] as const)));
  const { manifests, configuration, diagnostics } = openWorkspace(projectDirectory, nodeFileSystem, loaded);
  const wrong = diagnostics.find(({ severity }) => severity === "error");
  if (wrong !== undefined) throw new Error(`${name}: ${wrong.message}`);
  const registries: (readonly [string, readonly RegistryLocation[]])[] = [
    ...configuration.registries,
    ...Object.entries(paths).map(([id, path]) => [id, [{ kind: "path" as const, path }]] as const),
  ];
  const result = await resolveService({
    projectDirectory,
    ecosystems: loaded,
    manifests,
    serviceRequirements: configuration.tools,
    declaredEdges: configuration.edges,
    systems: ["x86_64-linux"],
    registries: new Map(registries),
    options: { settings: new Map() },
    settings: configuration.settings,
    http: OFFLINE,
    files: nodeFileSystem,
    environmentVariables: {},
    nowMs: 0,
    isOffline: true,
    capturesProblems: true,
    limits: {},
    signal: new AbortController().signal,
  });
  return snapshotOf(name, result);
}

interface Project {
  readonly dependencies?: Readonly<Record<string, string>>;
}

function npmProject(name: string, changed: Readonly<Record<string, string>> = {}): CapturedProblem {
  const capture = async (): Promise<Snapshot | undefined> => {
    const registry = frozenPackuments();
    if (registry === undefined) return undefined;
    const project = JSON.parse(readFileSync(join(sharedNpmData, "projects", `${name}.json`), "utf8")) as Project;
    const packageJson = JSON.stringify({ ...project, dependencies: { ...project.dependencies, ...changed } });
    return await within({ "package.json": packageJson }, (directory) =>
      captureService(name, directory, { npm: registry }),
    );
  };
  const isChanged = Object.keys(changed).length > 0;
  return { name: `npm ${name}${isChanged ? ", contradictory" : ""}`, capture };
}

function cargoRoot(name: string, dependencies: string): CapturedProblem {
  const manifest = `[package]\nname = "root"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;
  const capture = async (): Promise<Snapshot | undefined> => {
    const registry = sharedRegistry();
    if (registry === undefined) return undefined;
    return await within({ "Cargo.toml": manifest, "src/lib.rs": "" }, async (projectDirectory) =>
      snapshotOf(
        name,
        await resolveCargo({
          projectDirectory,
          registries: [{ kind: "path", path: registry }],
          request: { capturesProblems: true },
        }),
      ),
    );
  };
  return { name: `cargo ${name}`, capture };
}

function opamGoal(name: string): CapturedProblem {
  const capture = async (): Promise<Snapshot | undefined> => {
    const shared = sharedOpamData();
    if (shared === undefined) return undefined;
    const toml = `${OPAM_SETTINGS}[dependencies.opam]\n${name} = "*"\n`;
    return await within({ "enki.toml": toml }, (directory) =>
      captureService(name, directory, { opam: sharedRepositoryTar(shared) }),
    );
  };
  return { name: `opam ${name}`, capture };
}

async function capturePypi(
  name: string,
  projects: MemoryProjects,
  requires: readonly string[],
  python: string,
): Promise<Snapshot> {
  const result = await solve(new MemoryIndex(projects), { requires, python, extra: { capturesProblems: true } });
  return snapshotOf(name, result);
}

function pypiLock(name: string): CapturedProblem {
  const capture = async (): Promise<Snapshot | undefined> => {
    if (!lockNames().includes(name)) return undefined;
    const { projects, requires } = readReplay(name);
    return await capturePypi(name, projects, requires, "3.12.4");
  };
  return { name: `pypi ${name}`, capture };
}

function pypiBacktracking(name: string): CapturedProblem {
  const capture = async (): Promise<Snapshot | undefined> => {
    const found = hasSnapshots() ? readCases().find((one) => one.name === name) : undefined;
    if (found === undefined) return undefined;
    return await capturePypi(name, readSnapshot(found.index), found.requested, "3.11.7");
  };
  return { name: `pypi ${name}`, capture };
}

/** Projects of npm, crates, goals of opam, locks and the hard case of PyPI, and the demo of all together. */
export const CAPTURED: readonly CapturedProblem[] = [
  ...["p1-express", "p2-vite-react", "p5-nest", "p7-cra-legacy"].map((name) => npmProject(name)),
  npmProject("p2-vite-react", { react: "^18", "react-dom": "^19" }),
  cargoRoot("tokio", 'tokio = { version = "1", features = ["full"] }'),
  cargoRoot("axum", 'axum = "0.8"'),
  cargoRoot("leptos", 'leptos = "0.8"'),
  cargoRoot("tauri", 'tauri = "2"'),
  cargoRoot("matrix-sdk", 'matrix-sdk = "0.14"'),
  cargoRoot("bevy", 'bevy = "0.16"'),
  ...["irmin", "coq", "ocaml-lsp-server", "dream"].map(opamGoal),
  ...["home-assistant-core", "jupyterlab", "transformers"].map(pypiLock),
  pypiBacktracking("cheroot"),
  {
    name: "island, all ecosystems",
    capture: async () =>
      await within({}, async (directory) => {
        cpSync(join(ROOT, "examples/island"), directory, { recursive: true });
        const facts = join(ROOT, "fixtures/registries");
        for (const ecosystem of readdirSync(facts)) {
          for (const file of readdirSync(join(facts, ecosystem))) {
            const { document } = parseTomlDocument(file, readFileSync(join(facts, ecosystem, file), "utf8"));
            if (document === undefined) throw new Error(`${file} is not TOML`);
            writeRegistry(join(directory, "registries", ecosystem), ecosystem, document.value as RegistryFacts);
          }
        }
        return await captureService("island", directory);
      }),
  },
];
