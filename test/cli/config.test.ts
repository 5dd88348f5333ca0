import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, transcript } from "./built-cli.ts";

function project(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const userFile = ".config/enki/enki.toml";

test("variables win over the project, and the project over the user; each says where", async () => {
  const directory = project({
    [userFile]: '[registries]\nnpm = "https://user:secret@npm.example/"\n[resolution]\ntimeout = 5\nmax-steps = 9\n',
    "enki.toml":
      '[dependencies.npm]\nx = "*"\n[resolution]\ntimeout = 60 # s\nversions = "lowest"\n[tools]\npython = "3.12"\n',
  });
  const environment = { ENKI_RESOLUTION: "highest", ENKI_REGISTRY_PYPI: "../mirror" };
  expect(transcript(await enki(["config", "--show-origin"], { directory, environment }))).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    cache = "DIRECTORY/.cache"  # ENKI_CACHE_DIR
    registries.npm = "https://***@npm.example/"  # DIRECTORY/.config/enki/enki.toml:2
    registries.pypi = "../mirror"  # ENKI_REGISTRY_PYPI
    resolution.max-steps = 9  # DIRECTORY/.config/enki/enki.toml:5
    resolution.timeout = 60  # enki.toml:4
    resolution.versions = "highest"  # ENKI_RESOLUTION
    targets.systems = "x86_64-linux"  # ENKI_SYSTEM
    tools.python = "3.12"  # enki.toml:7
    "
  `);
  const { stdout } = await enki(["config", "--json"], { directory, environment });
  expect(JSON.parse(stdout)).toMatchObject({
    "resolution.timeout": { value: 60, origin: "enki.toml:4" },
    "resolution.versions": { value: "highest", origin: "ENKI_RESOLUTION" },
  });
});

test("the user's settings take part in a resolution, and the project's win", async () => {
  const directory = project({
    [userFile]: '[registries]\nnpm = "npm"\n[resolution]\nversions = "lowest"\n',
    "package.json": '{ "name": "a", "version": "1.0.0", "dependencies": { "nowhere": "1" } }',
  });
  // Relative paths count from the file that says them.
  const asked = await enki(["resolve", "--offline"], { directory });
  expect(asked.stderr).toContain("DIRECTORY/.config/enki/npm");
  writeFileSync(join(directory, "enki.toml"), '[registries]\nnpm = "own"\n');
  expect((await enki(["resolve", "--offline"], { directory })).stderr).toContain("DIRECTORY/own");
  const elsewhere = project({ "settings.toml": '[registries]\nnpm = "third"\n' });
  writeFileSync(join(directory, "enki.toml"), "");
  const environment = { ENKI_CONFIG_FILE: join(elsewhere, "settings.toml") };
  expect((await enki(["resolve", "--offline"], { directory, environment })).stderr).toContain(`${elsewhere}/third`);
});

test("what a service is can't be a setting of a user", async () => {
  const directory = project({
    [userFile]: '[dependencies.npm]\nms = "*"\n',
    "package.json": '{ "name": "a", "version": "1.0.0" }',
  });
  expect(transcript(await enki(["resolve"], { directory }))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: [dependencies] is part of a service and can't be a setting of a user
     --> DIRECTORY/.config/enki/enki.toml:1:2
      |
    1 | [dependencies.npm]
      |  ^^^^^^^^^^^^
      = help: move it to the enki.toml of the project
    error: nothing was done because of 1 error in DIRECTORY/.config/enki/enki.toml
    "
  `);
});

test("a broken file is named with its line", async () => {
  const directory = project({ [userFile]: "[resolution]\ntimeuot = 1\n", "package.json": "{}" });
  expect(transcript(await enki(["resolve"], { directory }))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: [resolution] has no key "timeuot"
     --> DIRECTORY/.config/enki/enki.toml:2:1
      |
    2 | timeuot = 1
      | ^^^^^^^
      = help: did you mean "timeout"?
    error: nothing was done because of 1 error in DIRECTORY/.config/enki/enki.toml
    "
  `);
});
