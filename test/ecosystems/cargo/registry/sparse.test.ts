import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../../../src/net/client.ts";
import type { RegistryServer } from "../../../helpers/registry-server.ts";
import { startRegistryServer } from "../../../helpers/registry-server.ts";
import { temporaryDirectory } from "../../../helpers/temporary-directory.ts";
import type { WrittenRelease } from "../helpers/index-builder.ts";
import { indexFiles, memoryFiles, release } from "../helpers/index-builder.ts";
import { hasCargo } from "../helpers/real-cargo.ts";
import type { CargoProject } from "../helpers/resolve-cargo.ts";
import { resolveCargo } from "../helpers/resolve-cargo.ts";

const releases = [
  release("a 1.0.0", ["b ^1", { on: "cd ^1", optional: true }]),
  release("a 1.1.0", ["b ^1", "cd ^1"]),
  release("b 1.0.0", ["abc ^0.1"]),
  release("cd 1.0.0"),
  release("abc 0.1.0"),
];
const manifest = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\na = "1"\n';

/** Serves an index below a path. */
function serveIndex(server: RegistryServer, below: string, index: readonly WrittenRelease[], extra = {}): void {
  const config = { dl: `${server.url}${below}/dl/{crate}/{version}/{lowerprefix}`, api: null, ...extra };
  server.serve(`${below}/config.json`, JSON.stringify(config));
  for (const [path, content] of indexFiles(index)) server.serve(`${below}/${path}`, content);
}

function project(server: RegistryServer, cacheDirectory: string, extra: Partial<CargoProject> = {}): CargoProject {
  return {
    projectDirectory: "/project",
    registries: [{ kind: "http", url: `${server.url}/index` }],
    files: memoryFiles([], { "Cargo.toml": manifest }),
    request: { http: createHttpClient({ cacheDirectory }), isOffline: false },
    ...extra,
  };
}

describe("sparse registries", () => {
  it("asks for each file once, revalidates with ETags, and works offline from the cache", async () => {
    const server = await startRegistryServer();
    serveIndex(server, "/index", releases);
    const cache = temporaryDirectory();
    const first = await resolveCargo(project(server, cache));
    if (first.kind !== "resolved") throw new Error(first.kind);
    expect(server.asked.toSorted()).toEqual(
      ["/config.json", "/1/a", "/1/b", "/2/cd", "/3/a/abc"].map((path) => `/index${path}`).toSorted(),
    );
    expect(server.requests.every(({ headers }) => headers["cargo-protocol"] === "version=1")).toBe(true);
    expect(first.resolution.packages.map(({ id }) => id)).toEqual([
      "cargo:a@1.1.0",
      "cargo:abc@0.1.0",
      "cargo:b@1.0.0",
      "cargo:cd@1.0.0",
    ]);
    const [a] = first.resolution.packages;
    expect(a?.artifacts[0]).toMatchObject({ kind: "crate", url: `${server.url}/index/dl/a/1.1.0/1` });
    expect(a?.artifacts[0]?.integrity).toMatch(/^sha256-/u);
    // The lock names the registry that was replaced, not the mirror.
    expect(first.locks[0]?.content).not.toContain("127.0.0.1");

    const asked = server.requests.length;
    const second = await resolveCargo(project(server, cache));
    expect(second).toMatchObject({ locks: first.locks });
    const again = server.requests.slice(asked);
    expect(again).toHaveLength(asked);
    expect(again.every(({ headers }) => headers["if-none-match"] !== undefined)).toBe(true);

    const http = createHttpClient({ cacheDirectory: cache, isOffline: true });
    const unconnected = project(server, cache, { request: { http, isOffline: true } });
    await server.stop();
    const offline = await resolveCargo(unconnected);
    expect(offline).toMatchObject({ locks: first.locks });
  });

  it("shows its token after a 401, and then always, when the registry wants that", async () => {
    const server = await startRegistryServer();
    serveIndex(server, "/index", releases, { "auth-required": true });
    server.fail("/index/config.json", { kind: "status", status: 401 });
    const request = {
      http: createHttpClient({ cacheDirectory: temporaryDirectory() }),
      environmentVariables: { CARGO_REGISTRY_TOKEN: "secret-token" },
      isOffline: false,
    };
    const result = await resolveCargo(project(server, "", { request }));
    expect(result.kind).toBe("resolved");
    const [first, ...rest] = server.requests;
    expect(first?.headers.authorization).toBeUndefined();
    expect(rest.length).toBeGreaterThan(4);
    expect(rest.every(({ headers }) => headers.authorization === "secret-token")).toBe(true);
    expect(JSON.stringify(result)).not.toContain("secret-token");
  });

  it("says so when there is no token, or no index at all", async () => {
    const server = await startRegistryServer();
    server.fail("/index/config.json", { kind: "status", status: 401 });
    await expect(resolveCargo(project(server, temporaryDirectory()))).rejects.toMatchObject({ code: "unauthorised" });
    await expect(resolveCargo(project(server, temporaryDirectory()))).rejects.toMatchObject({ code: "not-found" });
  });

  it("tries near names of a crate that is not there", async () => {
    const server = await startRegistryServer();
    serveIndex(server, "/index", [release("serde_json 1.0.0")]);
    const files = memoryFiles([], { "Cargo.toml": manifest.replace('a = "1"', 'Serde-Json = "1"') });
    const result = await resolveCargo(project(server, temporaryDirectory(), { files }));
    if (result.kind !== "unsatisfiable") throw new Error(result.kind);
    const reasons = result.derivation.nodes.flatMap((node) =>
      node.kind === "fact" && node.fact.kind === "missing" ? [node.fact] : [],
    );
    const [fact] = reasons;
    expect(fact?.reason).toMatchObject({ kind: "no-crate", similar: ["serde_json"] });
    expect(fact && result.narrator.describeReason(fact.package, fact.reason)).toBe("is not in the registry");
  });

  it.each([
    [
      "keeps crates of several registries apart",
      '[dependencies]\na = "1"\nours = { package = "a", version = "1", registry = "alt" }\n',
    ],
    [
      "patches a crate of the public registry from another one",
      '[dependencies]\na = "1"\n[patch.crates-io]\nb = { version = "1.2", registry = "alt" }\n',
    ],
    [
      "patches a crate of another registry, named by its name",
      '[dependencies]\nours = { package = "a", version = "1", registry = "alt" }\n[patch.alt]\nb = { path = "b" }\n',
    ],
    [
      "patches a crate of another registry, named by its address",
      '[dependencies]\nours = { package = "a", version = "1", registry = "alt" }\n[patch."sparse+SERVER/alt/"]\nb = { path = "b" }\n',
    ],
    [
      "says of a patch from another registry that nothing takes it",
      '[dependencies]\na = "1"\n[patch.crates-io]\nb = { version = "2", registry = "alt" }\n',
    ],
  ])("%s, as the real cargo does", async (_name, dependencies) => {
    const server = await startRegistryServer();
    serveIndex(server, "/index", [release("a 1.0.0", ["b ^1"]), release("b 1.0.0")]);
    serveIndex(server, "/alt", [release("a 1.5.0", ["b ^2"]), release("b 1.2.0"), release("b 2.0.0")]);
    const configuration =
      `[source.crates-io]\nreplace-with = "local"\n[source.local]\nregistry = "sparse+${server.url}/index/"\n` +
      `[registries.alt]\nindex = "sparse+${server.url}/alt/"\n`;
    const text = manifest.replace('[dependencies]\na = "1"\n', dependencies.replaceAll("SERVER", server.url));
    const patch = '[package]\nname = "b"\nversion = "2.0.1"\nedition = "2021"\n';
    const texts = { "Cargo.toml": text, ".cargo/config.toml": configuration, "b/Cargo.toml": patch };
    const files = memoryFiles([], texts);
    const result = await resolveCargo(project(server, temporaryDirectory(), { files, registries: [] }));
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const lock = result.locks[0]?.content ?? "";
    expect(lock.replaceAll(server.url, "http://registry.example")).toMatchSnapshot();
    expect(lock).toBe(hasCargo() ? await lockOfCargo(texts) : lock);
  });
});

/** What the real cargo writes; it runs beside this process, which serves the index. */
async function lockOfCargo(texts: Readonly<Record<string, string>>): Promise<string> {
  const directory = temporaryDirectory();
  for (const name of ["src", ".cargo", "home", "b/src"]) mkdirSync(join(directory, name), { recursive: true });
  for (const path of ["src/lib.rs", "b/src/lib.rs"]) writeFileSync(join(directory, path), "");
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(directory, path), text);
  const child = spawn("cargo", ["generate-lockfile"], {
    cwd: directory,
    env: { ...process.env, CARGO_HOME: join(directory, "home"), CARGO_NET_RETRY: "0" },
    stdio: "ignore",
  });
  await new Promise((resolve) => child.on("close", resolve));
  return readFileSync(join(directory, "Cargo.lock"), "utf8");
}
