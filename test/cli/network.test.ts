import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

import { registryFiles, writeRegistry } from "../../scripts/registry-layouts.mjs";
import type { Documents, RegistryServer } from "../helpers/registry-server.ts";
import { filesOf, npmRegistry, pypiIndex, startRegistryServer } from "../helpers/registry-server.ts";
import { readRecordedFacts } from "../helpers/scenario.ts";
import { writeTar } from "../helpers/tar-writer.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt } from "./built-cli.ts";
import { copyIslandPart } from "./island.ts";

const entry = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");

beforeAll(() => ensureBuilt());

/** The documents of a registry, moved below a path. */
function below(prefix: string, documents: Documents): Documents {
  return (path) => (path.startsWith(`${prefix}/`) ? documents(path.slice(prefix.length)) : undefined);
}

/** The recorded facts on a server: npm below `/npm`, the Simple index below `/simple`, the sparse index below `/crates`, opam's below `/opam`. */
async function startRegistries(directory: string): Promise<RegistryServer> {
  const server = await startRegistryServer();
  for (const ecosystem of ["npm", "pypi", "cargo"]) {
    writeRegistry(join(directory, ecosystem), ecosystem, readRecordedFacts(ecosystem), {
      npmBase: `${server.url}/npm`,
      pypiFilesBase: `${server.url}/files`,
    });
  }
  const pypi = pypiIndex(join(directory, "pypi"));
  const opam = [...registryFiles("opam", readRecordedFacts("opam"))].map(([path, body]) => ({ path, body }));
  server.serve("/opam/index.tar.gz", { body: gzipSync(writeTar(opam)) });
  return server
    .serveFrom(below("/npm", npmRegistry(join(directory, "npm"))))
    .serveFrom(below("/crates", filesOf(join(directory, "cargo"))))
    .serveFrom(pypi)
    .serveFrom((path) => {
      // Metadata stand beside the files, wherever those are.
      const name = path.split("/").at(-1) ?? "";
      const project = name.split("-", 1)[0]?.toLowerCase().replaceAll(/[_.]+/gu, "-") ?? "";
      return path.startsWith("/files/") ? pypi(`/simple/${project}/${name}`) : undefined;
    });
}

function writeProject(directory: string, parts: readonly string[] = ["web", "bot", "search", "dns"]): string {
  mkdirSync(directory, { recursive: true });
  for (const part of parts) copyIslandPart(part, join(directory, part));
  writeFileSync(join(directory, "enki.toml"), '[service]\nname = "island"\n[nixpkgs]\nrelease = "nixos-25.05"\n');
  return directory;
}

const registryFlags = (server: RegistryServer) =>
  ["npm=/npm/", "pypi=/simple/", "cargo=/crates/", "opam=/opam/"].flatMap((registry) => {
    const [ecosystem = "", path = ""] = registry.split("=");
    return ["--registry", `${ecosystem}=${ecosystem === "cargo" ? "sparse+" : ""}${server.url}${path}`];
  });

/** Every file of a project but the cache: path -> content. */
function outputs(directory: string): ReadonlyMap<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.parentPath.includes(".cache"))
    .map((file) => join(file.parentPath, file.name));
  return new Map(files.toSorted().map((file) => [file.slice(directory.length), readFileSync(file, "utf8")]));
}

describe("enki resolve over the network", { timeout: 120_000 }, () => {
  it("asked_once: every document is asked for once, and the same run works offline with the same bytes", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const project = writeProject(join(directory, "project"));
    const first = await enki(["resolve", ...registryFlags(server)], { directory: project });
    expect([first.status, first.stderr]).toEqual([0, expect.stringContaining("Resolved")]);
    expect(server.asked.length).toBeGreaterThan(100);
    expect(server.asked.length).toBe(new Set(server.asked).size);
    const written = outputs(project);
    expect([...written.keys()]).toEqual(expect.arrayContaining(["/enki.lock", "/web/package-lock.json"]));
    const { total } = server.connections;
    // As from nothing: over its own lock, a second run has nothing to ask.
    for (const path of written.keys()) if (/lock|requirements\.txt$/.test(path)) rmSync(join(project, path));
    const offline = await enki(["resolve", "--offline", ...registryFlags(server)], { directory: project });
    expect(offline.status).toBe(0);
    expect(outputs(project)).toEqual(written);
    expect(server.connections.total).toBe(total);
  });

  it("offline_missing: names what is missing and how to get it", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const project = writeProject(join(directory, "project"));
    const { status, stderr } = await enki(["resolve", "--offline", ...registryFlags(server)], { directory: project });
    expect(status).toBe(2);
    expect(stderr).toMatch(/is not in the cache \(http:\/\/127\.0\.0\.1:\d+\/\S+\) and the network is off/u);
    expect(stderr).toContain("--offline");
    expect(server.asked).toEqual([]);
  });

  it("same_bytes: whatever the order of answers, the directory, the locale and the time zone", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const results: ReadonlyMap<string, string>[] = [];
    for (const [index, LC_ALL] of ["C", "tr_TR.UTF-8", "de_DE.UTF-8"].entries()) {
      server.serveFrom((path) => {
        const isLate = (path.length * 31 + index) % 3 === 0;
        if (isLate) server.fail(path, { kind: "delay", ms: ((path.length * 7 + index * 13) % 20) + 1 });
        return undefined;
      });
      const project = writeProject(join(directory, `project ${index} é`));
      const environment = { LC_ALL, TZ: ["UTC", "Asia/Kathmandu", "America/St_Johns"][index] ?? "UTC" };
      const systems = ["--system", "x86_64-linux", "--system", "aarch64-linux"];
      const { status, stderr } = await enki(["resolve", "--no-cache", ...systems, ...registryFlags(server)], {
        directory: project,
        environment,
      });
      expect([status, stderr]).toEqual([0, expect.anything()]);
      results.push(outputs(project));
    }
    // Without a cache on disk, two systems, and still each document once.
    expect(server.asked.length).toBe(new Set(server.asked).size * 3);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it("interrupted: SIGINT ends it with status 130, leaves nothing behind, and the next run works", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const project = writeProject(join(directory, "project"));
    const before = outputs(project);
    server.fail("/npm/vite", { kind: "stall", afterBytes: 100 });
    const child = spawn(process.execPath, [entry, "resolve", ...registryFlags(server)], {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: project, ENKI_CACHE_DIR: join(project, ".cache") },
      stdio: "ignore",
    });
    while (!server.asked.includes("/npm/vite")) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status).toBe(130);
    expect(outputs(project)).toEqual(before);
    for (const format of ["http-v1", "packs-v2"]) {
      const temporary = join(project, ".cache", format, "tmp");
      expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([]);
    }
    expect((await enki(["resolve", ...registryFlags(server)], { directory: project })).status).toBe(0);
  });

  it("ten_processes: one cold cache, the same locks, and a cache that is whole", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const environment = { ENKI_CACHE_DIR: join(directory, "cache") };
    const projects = Array.from({ length: 10 }, (_, index) =>
      writeProject(join(directory, `p${index}`), ["web", "bot"]),
    );
    const runs = projects.map((project) =>
      enki(["resolve", ...registryFlags(server)], { directory: project, environment }),
    );
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual(projects.map(() => 0));
    const [first, ...others] = projects.map(outputs);
    for (const other of others) expect(other).toEqual(first);
    const last = writeProject(join(directory, "last"), ["web", "bot"]);
    const offline = await enki(["resolve", "--offline", ...registryFlags(server)], { directory: last, environment });
    expect(offline.status).toBe(0);
    expect(outputs(last)).toEqual(first);
  });

  it("secrets: no credential of a registry reaches a message or a file", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistries(join(directory, "registries"));
    const project = writeProject(join(directory, "project"));
    const flags = registryFlags(server).map((flag) => flag.replace("//", "//user:s3cr3t-p@ss@"));
    const good = await enki(["resolve", "--json", ...flags], { directory: project });
    expect(server.requests.some(({ headers }) => headers.authorization?.startsWith("Basic "))).toBe(true);
    server.fail("/npm/vite", { kind: "status", status: 401 });
    const bad = await enki(["resolve", "--refresh", "--verbose", ...flags], { directory: project });
    expect([good.status, bad.status]).toEqual([0, 2]);
    const lines = [good, bad]
      .flatMap(({ stdout, stderr }) => [stdout, stderr])
      .concat([...outputs(project).values()])
      .flatMap((text) => text.split("\n"));
    const encoded = Buffer.from("user:s3cr3t-p@ss").toString("base64");
    expect(lines.filter((line) => line.includes("s3cr3t") || line.includes(encoded))).toEqual([]);
  });

  it("secrets: a message that quotes a manifest shows no password of a URL in it", async () => {
    const project = temporaryDirectory();
    writeFileSync(join(project, "requirements.txt"), "six @ https://user:s3cr3t-p@ss@127.0.0.1:9/six.tar.gz [broken\n");
    writeFileSync(
      join(project, "package.json"),
      '{"dependencies": {"a": "https://user:s3cr3t-p@ss@127.0.0.1:9/a.tgz", "a": 1}}',
    );
    const { status, stdout, stderr } = await enki(["resolve", "--verbose"], { directory: project });
    expect(status).toBe(2);
    expect(stderr).toContain("127.0.0.1:9");
    expect(stdout + stderr).not.toContain("s3cr3t");
  });
});
