import { expect, test } from "vitest";
import type { FileSystem } from "../../../src/model/file-system.ts";
import { resolveService } from "../../../src/resolve.ts";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { manifestOf } from "./loopback.ts";
import { answer, pythons } from "./memory-index.ts";
import { sha256, writeWheel } from "./wheel-writer.ts";

/** Files in memory below /project. */
function filesOf(files: ReadonlyMap<string, string | Uint8Array>): FileSystem {
  const below = (path: string): readonly string[] =>
    [...files.keys()].map((file) => `/project/${file}`).filter((file) => file.startsWith(`${path}/`));
  return {
    readFile: (path) => {
      const body = files.get(path.replace("/project/", ""));
      return typeof body === "string" ? new TextEncoder().encode(body) : body;
    },
    readDirectory: (path) => [...new Set(below(path).map((file) => file.slice(path.length + 1).split("/")[0] ?? ""))],
    kind: (path) =>
      files.has(path.replace("/project/", "")) ? "file" : below(path).length > 0 ? "directory" : undefined,
  };
}

async function resolve(
  files: ReadonlyMap<string, string | Uint8Array>,
  path = "index",
): Promise<ReturnType<typeof resolveService>> {
  return await resolveService(
    resolveRequest([pythons(["3.12.1"]), pypi], [manifestOf("requirements.txt", "a\n")], {
      projectDirectory: "/project",
      files: filesOf(files),
      registries: new Map([["pypi", [{ kind: "path" as const, path }]]]),
    }),
  );
}

const wheel = writeWheel("a", "1.0", { requires: ["b"] });
const other = writeWheel("b", "2.0", {});

function page(name: string, url: string, metadata: string): string {
  const file = { filename: `${name}.whl`, url, hashes: {}, "core-metadata": { sha256: sha256(metadata) } };
  return JSON.stringify({ meta: { "api-version": "1.0" }, files: [file] });
}

test("recorded facts: pages with real addresses, metadata beside them", async () => {
  const files = new Map<string, string>();
  for (const { name, metadata } of [wheel, other]) {
    const project = name.slice(0, 1);
    const stem = name.replace(/\.whl$/, "");
    files.set(`index/${project}/index.json`, page(stem, `https://files.example/${name}`, metadata));
    files.set(`index/${project}/${name}.metadata`, metadata);
  }
  const result = await resolve(files);
  expect(answer(result)).toEqual({ a: "1.0", b: "2.0" });
  const [first] = result.kind === "resolved" ? result.resolution.packages.filter(({ name }) => name === "a") : [];
  expect(first?.artifacts[0]?.url).toBe(`https://files.example/${wheel.name}`);
  expect(first?.details["index"]).toBe("index");
});

test("metadata beside a page that is not what the page promises", async () => {
  const files = new Map([
    ["index/a/index.json", page("a-1.0-py3-none-any", "https://files.example/x", wheel.metadata)],
    [`index/a/${wheel.name}.metadata`, `${wheel.metadata}Requires-Dist: evil\n`],
  ]);
  expect((await resolve(files)).kind).toBe("unsatisfiable");
});

test("an index in HTML whose files lie elsewhere", async () => {
  const files = new Map<string, string | Uint8Array>([
    ["index/a/index.html", `<a href="../../files/${wheel.name}#sha256=${sha256(wheel.body)}">a</a>`],
    ["index/b/index.html", `<a href="../../files/${other.name}">b</a>`],
    [`files/${wheel.name}`, wheel.body],
    [`files/${other.name}`, other.body],
  ]);
  const result = await resolve(files);
  expect(answer(result)).toEqual({ a: "1.0", b: "2.0" });
  const lock = result.kind === "resolved" ? result.locks.find(({ path }) => path === "pylock.toml")?.content : "";
  expect(lock).toContain(`path = "./files/${wheel.name}"`);
});

test("a plain directory of wheels", async () => {
  const files = new Map<string, string | Uint8Array>([
    [`wheels/${wheel.name}`, wheel.body],
    [`wheels/${other.name}`, other.body],
    ["wheels/README", "not a wheel"],
  ]);
  expect(answer(await resolve(files, "wheels"))).toEqual({ a: "1.0", b: "2.0" });
});

test.each(["./wheels", "file:///project/wheels"])("a directory that a manifest names: %s", async (place) => {
  const files = new Map<string, string | Uint8Array>([
    [`wheels/${wheel.name}`, wheel.body],
    [`wheels/${other.name}`, other.body],
  ]);
  const manifest = manifestOf("requirements.txt", `--index-url ${place}\na\n`);
  const result = await resolveService(
    resolveRequest([pythons(["3.12.1"]), pypi], [manifest], {
      projectDirectory: "/project",
      files: filesOf(files),
      registries: new Map(),
    }),
  );
  expect(answer(result)).toEqual({ a: "1.0", b: "2.0" });
});

test("a directory that is not there", async () => {
  await expect(resolve(new Map(), "nowhere")).rejects.toMatchObject({ code: "not-found" });
});
