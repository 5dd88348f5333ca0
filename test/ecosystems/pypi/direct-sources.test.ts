import { expect, test } from "vitest";
import type { FileSystem } from "../../../src/model/file-system.ts";
import type { Resolved, ResolveResult } from "../../../src/resolve/request.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { answer } from "./memory-index.ts";
import { sha256, writeSdist, writeWheel } from "./wheel-writer.ts";

/** Files in memory below /project. */
function filesOf(files: Readonly<Record<string, string | Uint8Array>>): FileSystem {
  const paths = Object.keys(files).map((path) => `/project/${path}`);
  return {
    readFile: (path) => {
      const body = files[path.replace("/project/", "")];
      return typeof body === "string" ? new TextEncoder().encode(body) : body;
    },
    readDirectory: () => undefined,
    kind: (path) => {
      if (paths.includes(path)) return "file";
      return paths.some((one) => one.startsWith(`${path}/`)) ? "directory" : undefined;
    },
  };
}

function lock(result: ResolveResult, path: string): string {
  const { locks } = result as Resolved;
  return locks.find((file) => file.path === path)?.content ?? "";
}

const plain = { settings: new Map([["build-environments", "none"]]) };

test("a wheel by its URL, with what it requires from the index", async () => {
  const wheel = writeWheel("tool", "3.0", { requires: ["b<2"] });
  const server = await startIndex({ tool: [wheel], b: [writeWheel("b", "1.0", {}), writeWheel("b", "2.0", {})] });
  const url = `${server.url}/files/${wheel.name}`;
  const result = await resolveOver(server, [
    manifestOf("requirements.txt", `tool @ ${url}#sha256=${sha256(wheel.body)}\n`),
  ]);
  expect(answer(result)).toEqual({ tool: "3.0", b: "1.0" });
  expect(lock(result, "requirements.lock.txt")).toContain(`tool @ ${url} \\\n    --hash=sha256:${sha256(wheel.body)}`);
  expect(lock(result, "pylock.toml")).toContain(`archive = { url = "${url}"`);
  const wrong = manifestOf("requirements.txt", `tool @ ${url}#sha256=${"0".repeat(64)}\n`);
  await expect(resolveOver(server, [wrong])).rejects.toMatchObject({ code: "integrity-mismatch" });
});

test("an archive whose name tells no version", async () => {
  const sdist = writeSdist("tool", "0.4", { requires: ["b"] }, {});
  const server = await startIndex({ b: [writeWheel("b", "1.0", {})] });
  server.serve("/archive/main.tar.gz", { body: sdist.body });
  const manifest = manifestOf("requirements.txt", `tool @ ${server.url}/archive/main.tar.gz\n`);
  expect(answer(await resolveOver(server, [manifest], { options: plain }))).toEqual({ tool: "0.4", b: "1.0" });
});

test("a project in the neighbourhood, seen from the manifest that names it", async () => {
  const server = await startIndex({ b: [writeWheel("b", "1.0", {}), writeWheel("b", "2.0", {})] });
  const pyproject = '[project]\nname = "lib"\nversion = "0.1"\ndependencies = ["b<2"]\n';
  const files = filesOf({ "libs/lib/pyproject.toml": pyproject });
  const text =
    '[project]\nname = "bot"\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = { path = "../libs/lib", editable = true }\n';
  const result = await resolveOver(server, [manifestOf("bot/pyproject.toml", text)], {
    projectDirectory: "/project",
    files,
    options: plain,
  });
  expect(answer(result)).toEqual({ lib: "0.1", b: "1.0" });
  expect(lock(result, "bot/pylock.toml")).toContain('directory = { path = "../libs/lib", editable = true }');
  expect(JSON.stringify(result.kind === "resolved" ? result.resolution : "")).not.toContain("/project");
});

test("git sources need a client, and URLs in the metadata of others are refused", async () => {
  const server = await startIndex({
    a: [
      writeWheel("a", "2.0", { requires: ["b @ https://example.org/b-1.0-py3-none-any.whl"] }),
      writeWheel("a", "1.0", {}),
    ],
  });
  const git = manifestOf("requirements.txt", "tool @ git+https://example.org/tool@v1\n");
  await expect(resolveOver(server, [git])).rejects.toMatchObject({ code: "unsupported" });
  expect(answer(await resolveOver(server, [manifestOf("requirements.txt", "a\n")]))).toEqual({ a: "1.0" });
});
