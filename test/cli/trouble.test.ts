import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt, readText, transcript } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

/** A directory with files, and a run of a command in it. */
async function run(files: Readonly<Record<string, string>>, ...arguments_: readonly string[]): Promise<string> {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const result = await enki(arguments_, { directory, environment: { ENKI_OFFLINE: "1" } });
  return transcript(result);
}

describe("usage", () => {
  test.each([
    [["reslove"]],
    [["resolve", "--lokced"]],
    [["resolve", "--frozen"]],
    [["tree", "--depth", "two"]],
    [["resolve", "--color", "blue"]],
    [["resolve", "-q", "-v"]],
    [["why"]],
    [["resolve", "--offline", "--refresh"]],
    [["completions", "tcsh"]],
    [["pin", "nixpkg", "nixos-25.05"]],
  ])("%j", async (arguments_) => {
    expect(await run({ "package.json": "{}" }, ...arguments_)).toMatchSnapshot();
  });

  test("nothing to resolve", async () => {
    expect(await run({}, "resolve")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: there is nothing to resolve in DIRECTORY
       = help: Enki reads the manifests of cargo, nixpkgs, npm, opam, PyPI, and enki.toml; name another project with --directory
      "
    `);
  });
});

describe("bad input has a place, an underline and status 2", () => {
  test.each([
    ["enki.toml, syntax", { "enki.toml": '[service]\nname = "a\n' }],
    ["enki.toml, unknown key", { "enki.toml": '[service]\nnmae = "a"\n' }],
    ["enki.toml, several", { "enki.toml": "[service]\nname = 1\n[targts]\nsystems = []\n" }],
    ["enki.toml, tabs and wide letters", { "enki.toml": '[service]\n\tname = { "漢字" = "\u001B[31m" }\n' }],
    ["package.json", { "package.json": '{\n  "dependencies": {\n    "a": "^1",\n  }\n}\n' }],
    ["Cargo.toml", { "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\nb = "^^1"\n' }],
    ["an opam file", { "a.opam": 'opam-version: "2.0"\ndepends: [ "b" {>= } ]\n' }],
  ])("%s", async (_name, files) => {
    expect(await run(files, "resolve")).toMatchSnapshot();
  });
});

describe("bad locks", () => {
  const lock = '{"schema":9}';
  test.each([
    ["from the future", lock],
    ["merge conflict", `{\n<<<<<<< HEAD\n  "schema": 1\n=======\n>>>>>>> other\n}\n`],
    ["truncated", '{\n  "schema": 1,\n  "packages": {'],
    ["empty", ""],
  ])("%s", async (_name, text) => {
    expect(await run({ "enki.lock": text, "package.json": "{}" }, "tree")).toMatchSnapshot();
  });

  test("a download from a host that no registry uses is refused", async () => {
    const service = mixedService();
    await service.run("resolve");
    const path = join(service.directory, "enki.lock");
    writeFileSync(path, readText(path).replaceAll("https://npm.example/", "https://evil.example/"));
    const toml = join(service.directory, "enki.toml");
    // Over a local registry hosts are its own business; this one is on the network.
    writeFileSync(toml, `${readText(toml)}\n[registries]\nnpm = "https://npm.example/"\n`);
    const commands = [["check"], ["export"], ["resolve", "--locked"], ["resolve"]];
    for (const command of commands) {
      const { status, stderr } = await service.runWith({ ENKI_REGISTRY_NPM: "" }, ...command);

      expect(stderr).toContain("enki.lock sends downloads to evil.example, which no configured registry uses");
      expect(status).toBe(1);
    }
  });
});

test("names with terminal escapes and bidi letters can't act on the terminal", async () => {
  const name = "a\u001B[2Jb\u202Ec";
  const output = await run({ "enki.toml": `[service]\nmanifests = [${JSON.stringify(name)}]\n` }, "resolve");
  // oxlint-disable-next-line no-control-regex -- finding control characters is the point
  expect(output).not.toMatch(/[\u001B\u202E]/);
  expect(output).toContain("a\\u001b[2Jb\\u{202e}c");
});

test("a reader that goes away is no error", async () => {
  const service = mixedService();
  await service.run("resolve");
  ensureBuilt();
  const main = join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");
  const script = `"${process.execPath}" "${main}" graph --format html | true; echo "\${PIPESTATUS[0]}"`;
  const shell = spawn("bash", ["-c", script], { cwd: service.directory, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  await new Promise((resolve) => shell.on("close", resolve));
  expect(output).toBe("0\n");
});
