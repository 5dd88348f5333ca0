import { describe, expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import { changedService } from "./mixed-service.ts";

const sqlite = `
[registry.cargo.libsqlite3-sys."0.28.0"]
links = "sqlite3"
[registry.cargo.libsqlite3-sys."0.30.0"]
links = "sqlite3"
[registry.cargo.rusqlite."0.31.0"]
deps = [{ name = "libsqlite3-sys", req = "^0.28" }]
[registry.cargo.rusqlite."0.32.0"]
deps = [{ name = "libsqlite3-sys", req = "^0.30" }]
[registry.cargo.rusqlite."0.33.0"]
deps = [{ name = "libsqlite3-sys", req = "^0.31" }]
[registry.cargo.sqlx."0.8.0"]
deps = [{ name = "libsqlite3-sys", req = "^0.30" }]
`;

describe("what to change when there is no answer", () => {
  test("names the newest version that agrees with everything else, across a native library", async () => {
    const service = changedService([['tls = "1"', 'rusqlite = "0.31"\nsqlx = "0.8"']], sqlite);
    const result = await service.run("resolve");
    expect(transcript(result)).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: there is no answer for x86_64-linux
      Because search/Cargo.toml:7 requires rusqlite 0.31, which requires libsqlite3-sys ^0.28, and search/Cargo.toml:8 requires sqlx 0.8, which requires libsqlite3-sys ^0.30, which conflicts with libsqlite3-sys 0.28.* (libsqlite3-sys 0.28.* links the native library \`sqlite3\` too, and only one package may), your requirements can't all be fulfilled.
      hint: everything else agrees with rusqlite 0.32.0 instead of 0.31 (search/Cargo.toml:7): enki add cargo:rusqlite@^0.32.0
      hint: there is an answer without sqlx 0.8 (search/Cargo.toml:8): enki remove cargo:sqlx
      "
    `);
    // What it says is true.
    expect((await service.run("add", "cargo:rusqlite@^0.32.0")).status).toBe(0);
    expect(readText(service.directory, "search/Cargo.lock")).toContain('name = "rusqlite"\nversion = "0.32.0"');
  });

  test("knows what a requirement was for, and every one that helps", async () => {
    const react = `
[registry.npm.react."18.3.1"]
[registry.npm.react."19.0.0"]
[registry.npm.react-dom."18.3.1"]
peerDependencies = { react = "^18.3.1" }
[registry.npm.react-dom."19.0.0"]
peerDependencies = { react = "^19.0.0" }
`;
    const service = changedService(
      [
        [
          '"kit": "^1.0.0"\n  }',
          '"kit": "^1.0.0",\n    "react": "^18"\n  },\n  "devDependencies": {\n    "react-dom": "^19"\n  }',
        ],
      ],
      react,
    );
    expect((await service.run("explain")).stdout).toMatchInlineSnapshot(`
      "your requirements can't all be fulfilled
      ├── web/package.json:6 requires react ^18
      ├── web/package.json:9 requires react-dom ^19
      └── react-dom 19.0.0 requires react ^19.0.0 (peer dependency of react-dom)
      hint: everything else agrees with react 19.0.0 instead of ^18 (web/package.json:6): enki add npm:react@^19.0.0
      hint: everything else agrees with react-dom 18.3.1 instead of ^19 (web/package.json:9): enki add --dev npm:react-dom@^18.3.1
      "
    `);
    expect((await service.run("add", "--dev", "npm:react-dom@^18.3.1")).status).toBe(0);
  });

  test("says which requirements to give up when no version will do, two if need be", async () => {
    const rivals = ["a", "b", "c"].map(
      (name, index) => `[registry.pypi.${name}."1.0"]\nrequires = ["x==${String(index)}"]`,
    );
    const versions = [0, 1, 2].map((version) => `[registry.pypi.x."${String(version)}"]`);
    const service = changedService(
      [['"crypto>=2"', '"crypto>=2", "a>=1", "b>=1", "c>=1"']],
      [...rivals, ...versions].join("\n"),
    );
    const result = await service.run("resolve", "--json");
    expect(result.status).toBe(1);
    expect(result.stderr).toMatchInlineSnapshot(`
      "error: there is no answer for x86_64-linux
      Because bot/pyproject.toml:5 requires a >=1 and b >=1, b 1.0 requires x ==1 and a 1.0 requires x ==0, your requirements can't all be fulfilled.
      hint: there is an answer without a >=1 (bot/pyproject.toml:5) and b >=1 (bot/pyproject.toml:5): enki remove pypi:a pypi:b
      hint: there is an answer without a >=1 (bot/pyproject.toml:5) and c >=1 (bot/pyproject.toml:5): enki remove pypi:a pypi:c
      hint: there is an answer without b >=1 (bot/pyproject.toml:5) and c >=1 (bot/pyproject.toml:5): enki remove pypi:b pypi:c
      "
    `);
    const { suggestions } = JSON.parse(result.stdout) as { suggestions: readonly unknown[] };
    expect(suggestions).toMatchInlineSnapshot(`
      [
        {
          "command": "enki remove pypi:a pypi:b",
          "requirements": [
            {
              "ecosystem": "pypi",
              "name": "a",
              "place": {
                "column": 30,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
            {
              "ecosystem": "pypi",
              "name": "b",
              "place": {
                "column": 38,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
          ],
          "text": "there is an answer without a >=1 (bot/pyproject.toml:5) and b >=1 (bot/pyproject.toml:5): enki remove pypi:a pypi:b",
        },
        {
          "command": "enki remove pypi:a pypi:c",
          "requirements": [
            {
              "ecosystem": "pypi",
              "name": "a",
              "place": {
                "column": 30,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
            {
              "ecosystem": "pypi",
              "name": "c",
              "place": {
                "column": 46,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
          ],
          "text": "there is an answer without a >=1 (bot/pyproject.toml:5) and c >=1 (bot/pyproject.toml:5): enki remove pypi:a pypi:c",
        },
        {
          "command": "enki remove pypi:b pypi:c",
          "requirements": [
            {
              "ecosystem": "pypi",
              "name": "b",
              "place": {
                "column": 38,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
            {
              "ecosystem": "pypi",
              "name": "c",
              "place": {
                "column": 46,
                "file": "bot/pyproject.toml",
                "line": 5,
              },
              "range": ">=1",
            },
          ],
          "text": "there is an answer without b >=1 (bot/pyproject.toml:5) and c >=1 (bot/pyproject.toml:5): enki remove pypi:b pypi:c",
        },
      ]
    `);
    expect((await service.run("remove", "pypi:a", "pypi:b")).status).toBe(0);
  });

  test("names the nearest release of nixpkgs under which nothing else must change", async () => {
    const changes = [
      ['release = "nixos-25.05"', 'release = "nixos-23.11"'],
      ['requires-python = ">=3.12"', 'requires-python = ">=3.13"'],
    ] as const;
    const service = changedService(changes, "");
    const { stderr } = await service.run("resolve");
    expect(stderr).toMatchInlineSnapshot(`
      "error: there is no answer for x86_64-linux
      Because bot/pyproject.toml:4 requires python >=3.13, but only python 3.12.1, 3.11.6, 3.10.13, 3.9.18 and 3.8.18 exist in nixpkgs nixos-23.11, your requirements can't all be fulfilled.
      hint: everything agrees with nixpkgs nixos-24.11: set release = "nixos-24.11" under [nixpkgs] in enki.toml
      hint: everything else agrees with python 3.11.6 instead of >=3.13 (bot/pyproject.toml:4)
      "
    `);
    const released = changedService([["nixos-25.05", "nixos-24.11"], changes[1]], "");
    expect((await released.run("resolve")).status).toBe(0);
  });

  test("says nothing when nothing helps", async () => {
    const service = changedService([['tls = "1"', 'nowhere = "1"']], "");
    const { stderr } = await service.run("resolve");
    expect(stderr).toContain("nowhere is not in the registry");
    expect(stderr).not.toContain("everything else agrees");
    expect(stderr).not.toContain("there is an answer without");
  });
});
