import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { npmRegistry, startRegistryServer } from "../helpers/registry-server.ts";
import { readRecordedFacts } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt } from "./built-cli.ts";

const island = join(import.meta.dirname, "..", "..", "examples", "island");

beforeAll(() => ensureBuilt());

/** A service of npm packages that is locked, over a registry on a server. */
async function lockedService() {
  const directory = temporaryDirectory();
  const server = await startRegistryServer();
  writeRegistry(join(directory, "npm"), "npm", readRecordedFacts("npm"), { npmBase: server.url });
  server.serveFrom(npmRegistry(join(directory, "npm")));
  const project = join(directory, "project");
  mkdirSync(project);
  cpSync(join(island, "web"), project, { recursive: true });
  const run = (...words: string[]) => enki([...words, "--registry", `npm=${server.url}/`], { directory: project });
  expect(await run("resolve")).toMatchObject({ status: 0 });
  const lock = join(project, "enki.lock");
  const edit = (change: (text: string) => string) => {
    const text = readFileSync(lock, "utf8");
    expect(change(text)).not.toBe(text);
    writeFileSync(lock, change(text));
  };
  return { server, project, run, edit, read: () => readFileSync(lock, "utf8") };
}

describe("a lock that somebody changed", { timeout: 120_000 }, () => {
  it("unknown_host: a download from a host that no registry uses is refused", async () => {
    const { server, run, edit } = await lockedService();
    edit((text) => text.replace(`"${server.url}/express/`, '"https://evil.example/express/'));
    const { status, stderr } = await run("resolve");
    expect(status).toBe(1);
    expect(stderr).toContain("evil.example");
    expect(stderr).toContain("npm:express@");
  });

  it("changed_hash: a hash that the registry does not confirm is refused", async () => {
    const { run, edit } = await lockedService();
    edit((text) => text.replace(/("npm:express@[^]*?"integrity": "sha512-)./u, (_, start: string) => `${start}0`));
    const { status, stderr } = await run("resolve");
    expect(status).toBe(1);
    expect(stderr).toMatch(/locked {4}sha512-0\S+\n\s+published sha512-\S+/u);
  });

  it("pin_outside: a pin that the manifest no longer admits is resolved again, and the change is told", async () => {
    const { project, run, read } = await lockedService();
    const manifest = join(project, "package.json");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, text.replace(/"express": "[^"]+"/u, '"express": "^4.0.0"'));
    const { status, stderr } = await run("resolve");
    expect(status).toBe(0);
    expect(stderr).toMatch(/express 5\.\S+ -> 4\.22\.3/u);
    expect(read()).toContain('"npm:express@4.22.3"');
    expect((await run("resolve", "--locked")).status).toBe(0);
  });

  it("locked: --locked refuses a manifest that the lock does not answer", async () => {
    const { project, run, read } = await lockedService();
    const before = read();
    const manifest = join(project, "package.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"express": "[^"]+"/u, '"express": "^4.0.0"'));
    expect((await run("resolve", "--locked")).status).toBe(1);
    expect(read()).toBe(before);
  });
});
