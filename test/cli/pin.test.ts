import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki } from "./built-cli.ts";

test("the index of a channel is condensed into a table of the project", async () => {
  const directory = temporaryDirectory();
  const packages = {
    gmp: { version: "6.3.0", meta: { description: "big" } },
    "not-in-any-table": { version: "1" },
    hello: { version: "2.12" },
    "my-libfoo": { version: "0.1" },
    postfix: { version: "3.10" },
    python3: { version: "3.13.5" },
    python313: { version: "3.13.5" },
    python312: { version: "3.12.11" },
  };
  writeFileSync(join(directory, "nixos-25.11-packages.json.br"), brotliCompressSync(JSON.stringify({ packages })));
  const ownNames = '[dependencies.nix]\nhello = "*"\n[nixpkgs.names]\n"debian:libfoo-dev" = "my-libfoo"\n';
  const edge = '[[edges]]\nfrom = "pkg:npm/a"\nto = "pkg:nix/postfix"\n';
  writeFileSync(join(directory, "enki.toml"), `[service]\nname = "a"\n${ownNames}${edge}`);
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
    attributes: {
      gmp: "6.3.0",
      hello: "2.12",
      "my-libfoo": "0.1",
      postfix: "3.10",
      python3: "3.13.5",
      python312: "3.12.11",
      python313: "3.13.5",
    },
  });
});

test("the index of a channel is read from a URL, plain or compressed; what is none changes nothing", async () => {
  const packages = { gmp: { version: "6.3.0" }, rustc: { version: "1.91.1" } };
  const bodies = new Map<string, Buffer>([
    ["/nixos-25.11/packages.json", Buffer.from(JSON.stringify({ packages }))],
    ["/nixos-25.11/packages.json.br", brotliCompressSync(JSON.stringify({ packages }))],
    ["/cut.json", Buffer.from('{"packages":{"gmp":{"version":"6.')],
    ["/page.html", Buffer.from("<html>")],
  ]);
  const server = createServer((request, response) => {
    const body = bodies.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const base = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : "")}`;
  const pin = async (path: string): Promise<readonly [number | null, string, string, boolean]> => {
    const directory = temporaryDirectory();
    const { status, stderr } = await enki(["pin", "nixpkgs", `${base}${path}`], { directory });
    const table = join(directory, "nix/nixpkgs-25.11.json");
    return [
      status,
      stderr,
      existsSync(table) ? readFileSync(table, "utf8") : "",
      existsSync(join(directory, "enki.toml")),
    ];
  };
  for (const path of ["/nixos-25.11/packages.json", "/nixos-25.11/packages.json.br"]) {
    expect(await pin(path)).toEqual([
      0,
      expect.stringContaining("rustc 1.91.1"),
      expect.stringContaining(`"basis": "${base}${path} (sha256 `),
      true,
    ]);
  }
  expect(await pin("/cut.json")).toEqual([
    expect.any(Number),
    expect.stringContaining("is not JSON at byte"),
    "",
    false,
  ]);
  expect(await pin("/page.html")).toEqual([
    expect.any(Number),
    expect.stringContaining("neither JSON nor compressed with brotli"),
    "",
    false,
  ]);
  expect(await pin("/none")).toEqual([
    expect.any(Number),
    expect.stringContaining("there is no index of nixpkgs"),
    "",
    false,
  ]);
});
