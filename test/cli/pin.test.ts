import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki } from "./built-cli.ts";

test("the index of a channel is condensed into a table of the project", async () => {
  const directory = temporaryDirectory();
  const packages = {
    gmp: { version: "6.3.0", meta: { description: "big" } },
    "not-in-any-table": { version: "1" },
    python3: { version: "3.13.5" },
    python313: { version: "3.13.5" },
    python312: { version: "3.12.11" },
  };
  writeFileSync(join(directory, "nixos-25.11-packages.json.br"), brotliCompressSync(JSON.stringify({ packages })));
  writeFileSync(join(directory, "enki.toml"), '[service]\nname = "a"\n');
  const { status, stderr } = await enki(["pin", "nixpkgs", "nixos-25.11-packages.json.br"], { directory });
  expect([status, stderr]).toEqual([0, expect.stringContaining("python 3.13.5, 3.12.11")]);
  expect(readFileSync(join(directory, "enki.toml"), "utf8")).toContain('release = "nix/nixpkgs-25.11.json"');
  const table: unknown = JSON.parse(readFileSync(join(directory, "nix/nixpkgs-25.11.json"), "utf8"));
  expect(table).toEqual({
    schema: 1,
    release: "nixos-25.11",
    complete: false,
    basis: expect.stringMatching(/^nixos-25\.11-packages\.json\.br \(sha256 [0-9a-f]{64}\)$/),
    tools: { cc: [], node: [], ocaml: [], python: ["python313", "python312"], rustc: [] },
    attributes: { gmp: "6.3.0", python3: "3.13.5", python312: "3.12.11", python313: "3.13.5" },
  });
});
