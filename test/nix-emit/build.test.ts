import { execFileSync, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { record, sample, shuffledSubarray, type Arbitrary } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Resolution } from "../../src/model/resolution.ts";
import { emitNix } from "../../src/nix-emit/emit-nix.ts";
import { makeStore, nixIsMissing, type NixStore } from "../helpers/nix-instantiate.ts";
import {
  build,
  buildInBackground,
  emitProject,
  evaluateRestricted,
  projectExpression,
  type EmittedProject,
} from "./emitted-project.ts";
import { findHostPrograms } from "./host-programs.ts";
import { mixedService, type MadeArchive } from "./mixed-service.ts";

const host = findHostPrograms();
const registry = nixIsMissing ? undefined : reachableRegistry();
if (host.missing.length > 0) process.stderr.write(`skipping real builds: ${host.missing.join(", ")} missing\n`);
if (registry === undefined)
  process.stderr.write("the mixed service is built without real npm packages: no registry can be reached\n");
const canBuild = !nixIsMissing && host.missing.length === 0;

/** npm's own registry, when it answers. */
function reachableRegistry(): string | undefined {
  const url = spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout.trim();
  const ping = spawnSync("npm", ["view", "once", "version", "--fetch-retries=0", "--fetch-timeout=10000"], {
    encoding: "utf8",
  });
  return ping.status === 0 && url.startsWith("https:") ? (url.endsWith("/") ? url : `${url}/`) : undefined;
}

/** A store whose builds run in the real sandbox: no network but for fixed-output fetches. */
function sandboxedStore(): NixStore {
  return makeStore([
    "sandbox = true",
    "sandbox-fallback = false",
    `sandbox-paths = ${host.sandboxPaths.join(" ")}`,
    "max-jobs = 2",
    "cores = 2",
  ]);
}

/** Puts archives into the store under the names that their fetches have, so that nothing is downloaded. */
function seed(store: NixStore, project: EmittedProject, archives: readonly MadeArchive[]): void {
  const plan = JSON.parse(readFileSync(join(project.directory, "nix/enki/plan.json"), "utf8")) as {
    readonly sources: Readonly<Record<string, { readonly name: string; readonly url: string; readonly hash: string }>>;
  };
  const folder = mkdtempSync(join(tmpdir(), "enki-seed-"));
  for (const { artifact, bytes } of archives) {
    const source = Object.values(plan.sources).find(({ hash }) => hash === artifact.integrity);
    if (source === undefined) throw new Error(`no source has the hash of ${artifact.url}`);
    writeFileSync(join(folder, source.name), bytes);
    const algorithm = source.hash.slice(0, source.hash.indexOf("-"));
    execFileSync("nix-store", ["--add-fixed", algorithm, join(folder, source.name)], { env: store.environment });
  }
}

/** The derivations of everything that is built for an expression, but those that download. */
function builtFor(store: NixStore, expression: string): readonly string[] {
  const nix = (program: string, ...arguments_: readonly string[]): string =>
    execFileSync(program, arguments_, { env: store.environment, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  const top = nix("nix-instantiate", "-E", expression).trim();
  const derivations = JSON.parse(nix("nix", "show-derivation", "--recursive", top)) as Readonly<
    Record<string, { readonly outputs: Readonly<Record<string, { readonly hash?: string }>> }>
  >;
  return Object.entries(derivations)
    .filter(([, { outputs }]) => Object.values(outputs).every(({ hash }) => hash === undefined))
    .map(([path]) => path);
}

function mixed<Item>(items: readonly Item[]): Arbitrary<Item[]> {
  return shuffledSubarray([...items], { minLength: items.length });
}

/** The same resolution with everything that is a set in another order. */
function shuffledResolution(resolution: Resolution): Arbitrary<Resolution> {
  return record({
    roots: mixed(resolution.roots),
    packages: mixed(resolution.packages),
    instances: mixed(resolution.instances),
    edges: mixed(resolution.edges),
    targets: mixed(resolution.targets),
  }).map((parts) => ({ ...resolution, ...parts }));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function run(program: string, arguments_: readonly string[] = []): string {
  return execFileSync(program, arguments_, { encoding: "utf8", env: { PATH: "/nowhere" } }).trim();
}

/** At least 80 tarballs of the real registry were fetched by Nix, and express, sharp, esbuild and SWC work. */
function expectWebServiceToRun(project: EmittedProject, store: NixStore, all: string): void {
  const fetched = evaluateRestricted(
    store,
    project,
    `builtins.length (builtins.filter (one: !(one ? systems) || builtins.elem "x86_64-linux" one.systems) (builtins.fromJSON (builtins.readFile "${project.directory}/nix/enki/plan.json")).projects.web.nodes)`,
  );
  expect(fetched).toBeGreaterThan(80);
  const web = join(all, "web");
  expect(run(process.execPath, [join(web, "lib/app/server.js")])).toMatch(/^function 0\.33\./);
  expect(run(join(web, "bin/esbuild"), ["--version"])).toBe("0.25.12");
  const swc = `require(${JSON.stringify(join(web, "lib/app/node_modules/@swc/core"))}).transformSync("let x: number = 1", { jsc: { parser: { syntax: "typescript" } } }).code.trim()`;
  expect(run(process.execPath, ["-p", swc])).toMatch(/^var x = 1;$/);
}

describe.skipIf(!canBuild)("a mixed service, built in the sandbox without network", () => {
  const service = mixedService(registry);
  const hasWeb = registry !== undefined;
  const store = sandboxedStore();
  const project = emitProject(service.resolution, service.sources);
  const expression = `(${projectExpression(project, { programs: host.expression })})`;

  beforeAll(() => seed(store, project, service.archives));

  it("instantiates under --restrict-eval, on both of its systems", () => {
    for (const system of ["x86_64-linux", "aarch64-linux"]) {
      const one = `(${projectExpression(project, { programs: host.expression, system })}).drvPath`;
      expect(evaluateRestricted(store, project, one)).toMatch(/-enki-projects\.drv$/);
    }
  });

  it("builds all projects, and their programs run", () => {
    const [all = ""] = build(store, expression);
    if (hasWeb) expectWebServiceToRun(project, store, all);
    expect(run(join(all, "bin/search"))).toBe("hello from a crate");
    expect(run(join(all, "bin/bot"))).toBe("SAID HI");
    expect(run(join(all, "bin/dns"))).toBe("hello from words 1.0");
    expect(
      run(join(all, "bot/bin/python3"), ["-c", "import bot, speaking, sys; print(sys.prefix == sys.base_prefix)"]),
    ).toBe("False");
    // The build environment of an sdist is not part of what it is installed into.
    expect(() => run(join(all, "bot/bin/python3"), ["-c", "import made_backend"])).toThrow(/ModuleNotFoundError/);
  }, 300_000);

  it.each(["23.11", "25.05"])(
    "builds crates with the buildRustPackage of nixpkgs %s too",
    (release) => {
      const options = { programs: host.expression, release, extra: "{ expectedNixpkgs = null; }" };
      const [search = ""] = build(store, `(${projectExpression(project, options)}).projects.search`);
      expect(run(join(search, "bin/search"))).toBe("hello from a crate");
    },
    120_000,
  );

  it("builds the same bytes again, whatever is built for it", () => {
    const derivations = builtFor(store, expression);
    const names = derivations.map((path) => path.replace(/^.*\/[a-z0-9]{32}-(.*)\.drv$/, "$1"));
    const kinds = [
      "greeting-1.2.0",
      "cargo-vendor-dir",
      "search-0.1.0",
      "shouting-1.0",
      "shouting-build-environment-1.0",
      "bot-service-1.0",
      "words-1.0",
      "talk-2.0",
      "dns-1.0",
      ...(hasWeb ? ["web-1.0.0", "web-node-modules-1.0.0"] : []),
    ];
    expect(names).toEqual(expect.arrayContaining(kinds));
    execFileSync("nix-store", ["--realise", "--check", ...derivations], {
      env: store.environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }, 300_000);

  it("is emitted the same again, in whatever order its resolution is", () => {
    const lockText = readFileSync(join(project.directory, "enki.lock"), "utf8");
    const { resolution } = service;
    for (const number of [1, 2, 3]) {
      const [shuffled = resolution] = sample(shuffledResolution(resolution), { numRuns: 1, seed: number });
      expect(shuffled.edges).not.toEqual(resolution.edges);
      expect(emitNix(shuffled, { lockText, existing: () => undefined })).toEqual(project.files);
    }
  });

  it("cannot reach the network while building: not even this machine, which a build without sandbox reaches", async () => {
    const server = createServer((_request, response) => response.end("reached"));
    const port = await listen(server);
    const probe = (attempt: string): string =>
      `(${projectExpression(project, { programs: host.expression })}).projects.bot.overrideAttrs (_: { attempt = "${attempt}"; buildCommand = "(exec 3<>/dev/tcp/127.0.0.1/${String(port)}) && echo open > $out || echo closed > $out"; })`;
    const withoutSandbox = {
      ...store.environment,
      NIX_CONFIG: `${store.environment["NIX_CONFIG"] ?? ""}\nsandbox = false`,
    };
    try {
      expect(readFileSync(await buildInBackground(store, probe("inside")), "utf8")).toBe("closed\n");
      const outside = await buildInBackground({ ...store, environment: withoutSandbox }, probe("outside"));
      expect(readFileSync(outside, "utf8")).toBe("open\n");
    } finally {
      server.close();
    }
  });

  it("refuses a download with another hash than the lock's, and takes one with the lock's", async () => {
    const [speaking] = service.archives.filter(({ artifact }) => artifact.url.includes("speaking-"));
    const served = speaking?.bytes ?? new Uint8Array();
    const server = createServer((_request, response) => response.end(served));
    const url = `http://127.0.0.1:${String(await listen(server))}/speaking-2.0-py3-none-any.whl`;
    const attempt = (integrity: string): Promise<string> => {
      const packages = service.resolution.packages.map((one) =>
        one.name === "speaking" ? { ...one, artifacts: [{ kind: "wheel", url, integrity }] } : one,
      );
      const other = emitProject({ ...service.resolution, packages }, service.sources, { allowInsecureUrls: true });
      const fresh = makeStore();
      const key = "speaking-2.0-py3-none-any.whl";
      return buildInBackground(fresh, `(${projectExpression(other)}).sources.${JSON.stringify(key)}`);
    };
    try {
      await expect(attempt(`sha256-${Buffer.alloc(32, 1).toString("base64")}`)).rejects.toThrow(/hash mismatch/);
      await expect(attempt(speaking?.artifact.integrity ?? "")).resolves.toMatch(/speaking-2\.0/);
    } finally {
      server.close();
    }
  });
});
