import { expect, test } from "vitest";
import type { ResolveResult } from "../../../src/resolve/request.ts";
import { startRegistryServer, type RegistryServer } from "../../helpers/registry-server.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { answer } from "./memory-index.ts";
import { sha256, writeWheel } from "./wheel-writer.ts";

const json = { "content-type": "application/vnd.pypi.simple.v1+json" };
const html = { "content-type": "text/html" };

async function resolveA(server: RegistryServer, requirement = "a"): Promise<ResolveResult> {
  const manifest = manifestOf("requirements.txt", `${requirement}\n`);
  return await resolveOver(server, [manifest], { options: { settings: new Map([["build-environments", "none"]]) } });
}

function page(files: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ meta: { "api-version": "1.0" }, name: "a", files });
}

test("an index in HTML only, with relative URLs, a base, entities and comments", async () => {
  const wheel = writeWheel("a", "1.0", {});
  const server = (await startRegistryServer())
    .serve("/simple/a/", {
      headers: html,
      body: `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.1"><base href="/elsewhere/x/">
        </head><body><!-- <a href="a-9.0-py3-none-any.whl">no</a> -->
        <a href="../files/a-1.0-py3-none-any.whl#sha256=${sha256(wheel.body)}" data-requires-python="&gt;=3.8">a</a>
        <a href='../files/a-0.9.tar.gz'>a-0.9.tar.gz</a><A HREF=../files/README>README</A></body></html>`,
    })
    .serve("/elsewhere/files/a-1.0-py3-none-any.whl", { body: wheel.body });
  const result = await resolveA(server);
  expect(answer(result)).toEqual({ a: "1.0" });
  const [package_] = result.kind === "resolved" ? result.resolution.packages.filter(({ name }) => name === "a") : [];
  expect(package_?.artifacts[0]?.url).toBe(`${server.url}/elsewhere/files/a-1.0-py3-none-any.whl`);
});

test("without core-metadata a wheel's tail is read, not the wheel", async () => {
  const filler = { path: "a/data.bin", body: Buffer.alloc(300_000, 7), isStored: true };
  const wheel = writeWheel("a", "1.0", { requires: ["b"] }, "py3-none-any", [filler]);
  const other = writeWheel("b", "1.0", {});
  const server = await startIndex({ a: [{ ...wheel, hasMetadata: false }], b: [other] });
  expect(answer(await resolveA(server))).toEqual({ a: "1.0", b: "1.0" });
  const asked = server.requests.filter(({ path }) => path.endsWith("a-1.0-py3-none-any.whl"));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every(({ headers }) => headers.range !== undefined)).toBe(true);
});

test("a wheel of a thousand files, whose directory is longer than the tail, is read in parts", async () => {
  const files = Array.from({ length: 1000 }, (_, index) => ({
    path: `a/module_number_${index}.py`,
    body: `x = ${index}\n`,
  }));
  const wheel = writeWheel("a", "1.0", { requires: ["b"] }, "py3-none-any", files);
  const server = await startIndex({ a: [{ ...wheel, hasMetadata: false }], b: [writeWheel("b", "1.0", {})] });
  expect(answer(await resolveA(server))).toEqual({ a: "1.0", b: "1.0" });
  const asked = server.requests.filter(({ path }) => path.endsWith("a-1.0-py3-none-any.whl"));
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.every(({ headers }) => headers.range !== undefined)).toBe(true);
});

test("a server that refuses ranges is asked for whole wheels, and for ranges only once", async () => {
  const projects = { a: ["b"], b: ["c"], c: [] };
  const server = await startRegistryServer();
  for (const [name, requires] of Object.entries(projects)) {
    const { body } = writeWheel(name, "1.0", { requires });
    const fileName = `${name}-1.0-py3-none-any.whl`;
    server.serve(`/simple/${name}/`, {
      headers: json,
      body: page([{ filename: fileName, url: `/files/${fileName}`, hashes: { sha256: sha256(body) } }]),
    });
    server.serveFrom((path) => (path === `/files/${fileName}` ? { body } : undefined));
    server.fail(`/files/${fileName}`, ...(name === "a" ? [{ kind: "status" as const, status: 416 }] : []));
  }
  expect(answer(await resolveA(server))).toEqual({ a: "1.0", b: "1.0", c: "1.0" });
  expect(server.requests.filter(({ headers }) => headers.range !== undefined)).toHaveLength(1);
});

test("metadata with another hash than the index says makes that version ineligible", async () => {
  const bad = writeWheel("a", "2.0", {});
  const good = writeWheel("a", "1.0", {});
  const server = await startRegistryServer();
  const files = [bad, good].map(({ name, body, metadata }) => ({
    filename: name,
    url: `/files/${name}`,
    hashes: { sha256: sha256(body) },
    "core-metadata": { sha256: name.includes("2.0") ? "0".repeat(64) : sha256(metadata) },
  }));
  server.serve("/simple/a/", { headers: json, body: page(files) });
  for (const { name, metadata } of [bad, good]) server.serve(`/files/${name}.metadata`, metadata);
  expect(answer(await resolveA(server))).toEqual({ a: "1.0" });
});

test("metadata of another project or version is refused", async () => {
  const wheel = { ...writeWheel("a", "2.0", {}), metadata: "Metadata-Version: 2.1\nName: b\nVersion: 2.0\n" };
  const server = await startIndex({ a: [wheel, writeWheel("a", "1.0", {})] });
  expect(answer(await resolveA(server))).toEqual({ a: "1.0" });
});

test("promised metadata that is not there is looked for in the wheel", async () => {
  const wheel = writeWheel("a", "1.0", {});
  const server = await startRegistryServer();
  const file = { filename: wheel.name, url: `/files/${wheel.name}`, hashes: {}, "core-metadata": true };
  server.serve("/simple/a/", { headers: json, body: page([file]) });
  server.serve(`/files/${wheel.name}`, { body: wheel.body });
  expect(answer(await resolveA(server))).toEqual({ a: "1.0" });
});

test("a project that does not exist is a fact", async () => {
  const result = await resolveA(await startRegistryServer());
  expect(result.kind).toBe("unsatisfiable");
});

test("an index that is down is an error, not a missing package", async () => {
  const server = await startRegistryServer();
  const down = { kind: "status" as const, status: 503 };
  server.serve("/simple/a/", "").fail("/simple/a/", down, down, down, down);
  await expect(resolveA(server)).rejects.toMatchObject({ code: "network" });
});

test("yanked versions are used only when pinned", async () => {
  const server = await startRegistryServer();
  const wheels = ["1.0", "2.0"].map((version) => writeWheel("a", version, {}));
  const files = wheels.map(({ name, body }) => ({
    filename: name,
    url: `/files/${name}`,
    hashes: { sha256: sha256(body) },
    "core-metadata": true,
    yanked: name.includes("2.0") ? "broken build" : false,
  }));
  server.serve("/simple/a/", { headers: json, body: page(files) });
  for (const { name, metadata } of wheels) server.serve(`/files/${name}.metadata`, metadata);
  expect(answer(await resolveA(server))).toEqual({ a: "1.0" });
  expect(answer(await resolveA(server, "a==2.0"))).toEqual({ a: "2.0" });
  expect((await resolveA(server, "a>=2.0")).kind).toBe("unsatisfiable");
});

test("two hundred megabytes of zeros are refused before they are read", async () => {
  const server = await startRegistryServer();
  const zeros = Buffer.alloc(200 * 1024 * 1024);
  server.serve("/simple/a/", { headers: json, body: zeros, hasNoValidator: true });
  await expect(resolveA(server)).rejects.toMatchObject({ code: "limit-exceeded" });
});

test.each([
  ["no JSON", "{", "invalid-registry-document"],
  ["no files", "{}", "invalid-registry-document"],
  ["another major version of the API", '{"meta":{"api-version":"2.0"},"files":[]}', "invalid-registry-document"],
])("a page with %s is refused", async (_what, body, code) => {
  const server = (await startRegistryServer()).serve("/simple/a/", { headers: json, body });
  await expect(resolveA(server)).rejects.toMatchObject({ code });
});

test("entries that can't be understood are passed over, whatever they are called", async () => {
  const wheel = writeWheel("a", "1.0", {});
  const good = { filename: wheel.name, url: `/files/${wheel.name}`, hashes: { sha256: sha256(wheel.body) } };
  const server = await startRegistryServer();
  const odd = [
    null,
    7,
    {},
    { filename: "a-1.0.1.exe", url: "x" },
    { filename: "a-french toast-py3-none-any.whl", url: "x" },
    { filename: "../a-3.0-py3-none-any.whl", url: "x" },
    { filename: "__proto__-9.0-py3-none-any.whl", url: "x" },
    { filename: "constructor", url: "x", hashes: { ["__proto__"]: "0".repeat(64) } },
    { filename: "b-9.0-py3-none-any.whl", url: "x" },
  ];
  const body = JSON.stringify({ meta: { "api-version": "1.3" }, files: [...odd, { ...good, "core-metadata": true }] });
  server.serve("/simple/a/", { headers: json, body }).serve(`/files/${wheel.name}.metadata`, wheel.metadata);
  expect(answer(await resolveA(server))).toEqual({ a: "1.0" });
});

test("a file that is not on HTTP is refused", async () => {
  const wheel = writeWheel("a", "1.0", {});
  const files = [{ filename: wheel.name, url: "file:///etc/passwd", hashes: {}, "core-metadata": true }];
  const server = (await startRegistryServer()).serve("/simple/a/", { headers: json, body: page(files) });
  expect((await resolveA(server)).kind).toBe("unsatisfiable");
});

test("a page of --find-links has the files of many projects, and is read once", async () => {
  const [own, other, elsewhere] = [
    writeWheel("a", "1.0+local", { requires: ["b"] }),
    writeWheel("b", "2.0", {}),
    writeWheel("a", "9.0", {}),
  ];
  const server = await startIndex({ a: [elsewhere], c: [] });
  const link = ({ name, body }: typeof own): string => `<a href="../files/${name}#sha256=${sha256(body)}">${name}</a>`;
  server.serve("/pages/stable.html", {
    headers: html,
    body: `<html><body>${link(own)}<br>${link(other)}</body></html>`,
  });
  for (const { name, body } of [own, other]) server.serve(`/files/${name}`, { body });
  const text = `--find-links ${server.url}/pages/stable.html\n-i ${server.url}/simple/\na\n`;
  const settings = { settings: new Map([["build-environments", "none"]]) };
  const request = { options: settings, registries: new Map() };
  const result = await resolveOver(server, [manifestOf("requirements.txt", text)], request);
  expect(answer(result)).toEqual({ a: "1.0+local", b: "2.0" });
  expect(server.requests.filter(({ path }) => path === "/pages/stable.html")).toHaveLength(1);
  const missing = manifestOf("requirements.txt", `-f ${server.url}/pages/none.html\na\n`);
  await expect(resolveOver(server, [missing], request)).rejects.toMatchObject({ code: "not-found" });
});

test("a project in quarantine has no version", async () => {
  const wheel = writeWheel("a", "1.0", {});
  const file = { filename: wheel.name, url: `/files/${wheel.name}`, hashes: {}, "core-metadata": true };
  const of = (status: string): string =>
    JSON.stringify({ meta: { "api-version": "1.4" }, "project-status": { status }, name: "a", files: [file] });
  for (const [status, kind] of [
    ["quarantined", "unsatisfiable"],
    ["archived", "resolved"],
  ] as const) {
    const server = (await startRegistryServer()).serve("/simple/a/", { headers: json, body: of(status) });
    server.serve(`/files/${wheel.name}.metadata`, wheel.metadata);
    expect((await resolveA(server)).kind).toBe(kind);
  }
});
