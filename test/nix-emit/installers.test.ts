import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { paxRecord, writeTar, type TarMember } from "../helpers/tar-writer.ts";
import { writeZip, type ZipMember } from "../helpers/zip-writer.ts";

const library = fileURLToPath(new URL("../../src/nix-emit/lib/", import.meta.url));
const python = ["/usr/bin/python3", "python3"].find(
  (program) => spawnSync(program, ["-c", "import tomllib"]).status === 0,
);
if (python === undefined) process.stderr.write("skipping the installer of Python: python3 3.11 or newer is missing\n");

function scratch(): string {
  return mkdtempSync(join(tmpdir(), "enki-install-"));
}

interface Outcome {
  readonly status: number | null;
  readonly message: string;
  readonly out: string;
}

/** Installs one npm archive at node_modules/a with the script that builds use. */
function installNpm(
  members: readonly TarMember[],
  bin: Readonly<Record<string, string>> = {},
  path = "node_modules/a",
): Outcome {
  const directory = scratch();
  const archive = join(directory, "a.tgz");
  writeFileSync(archive, gzipSync(writeTar(members)));
  const plan = join(directory, "plan.json");
  writeFileSync(plan, JSON.stringify([{ path, archive, link: null, bin }]));
  const out = join(directory, "out");
  const { status, stderr } = spawnSync(process.execPath, [join(library, "npm-install.mjs"), plan, out], {
    encoding: "utf8",
  });
  return { status, message: stderr, out };
}

function runPython(command: string, file: string, content: Uint8Array): Outcome {
  const directory = scratch();
  writeFileSync(join(directory, file), content);
  const script = join(library, "pypi-install.py");
  const { status, stderr } = spawnSync(python ?? "", ["-B", script, command, file, "out"], {
    cwd: directory,
    encoding: "utf8",
  });
  return { status, message: stderr, out: join(directory, "out") };
}

function zip(...members: readonly ZipMember[]): Uint8Array {
  return writeZip(members);
}

describe("the installer of npm packages", () => {
  it("unpacks files below their folder, with commands that name this node", () => {
    const { status, out } = installNpm(
      [
        { path: "package/", type: "5" },
        { path: "package/cli.js", body: "#!/usr/bin/env node\r\nconsole.log(1)\n" },
        { path: "package/sh", body: "#!/bin/sh\n" },
        { path: "package/deep/er/x.txt", body: "x", mode: 0o4777 },
        { path: `package/${"long/".repeat(15)}name`, body: "long" },
        { path: "ignored", type: "x", body: paxRecord("path", `package/${"p".repeat(120)}`) },
        { path: "short", body: "pax" },
        { path: "some/thing", prefix: "package", body: "prefix" },
      ],
      { a: "cli.js", gone: "no-such-file.js" },
    );
    expect(status).toBe(0);
    const folder = join(out, "node_modules/a");
    expect(readFileSync(join(folder, "cli.js"), "utf8")).toBe(
      `#!${process.execPath}\r\nconsole.log(1)\n`.replace("\r", ""),
    );
    expect(statSync(join(folder, "deep/er/x.txt")).mode & 0o7777).toBe(0o755);
    expect(readFileSync(join(folder, "p".repeat(120)), "utf8")).toBe("pax");
    expect(readFileSync(join(folder, "some/thing"), "utf8")).toBe("prefix");
    expect(readlinkSync(join(out, "node_modules/.bin/a"))).toBe("../a/cli.js");
    expect(existsSync(join(out, "node_modules/.bin/gone"))).toBe(false);
  });

  it.each([
    ["a traversal", { path: "package/../../../evil", body: "x" }],
    ["an absolute name", { path: "/evil", body: "x" }],
    ["a backslash", { path: "package\\..\\evil", body: "x" }],
    ["a link that leads out", { path: "package/link", type: "2", linkTarget: "../../.." }],
    ["an absolute link", { path: "package/link", type: "2", linkTarget: "/etc/passwd" }],
  ])("refuses %s", (_what, member) => {
    const { status, message, out } = installNpm([{ path: "package/ok", body: "ok" }, member]);
    expect(status).toBe(1);
    expect(message).toMatch(/^enki: a\.tgz (?:holds|links) /);
    expect(readdirSync(join(out, "..")).toSorted()).toEqual(["a.tgz", "out", "plan.json"]);
  });

  it("leaves links inside the package out, as npm does, so that nothing is written through one", () => {
    const { status, out } = installNpm([
      { path: "package/real/x", body: "x" },
      { path: "package/link", type: "2", linkTarget: "real" },
      { path: "package/link/y", body: "y" },
    ]);
    expect(status).toBe(0);
    expect(statSync(join(out, "node_modules/a/link")).isDirectory()).toBe(true);
    expect(existsSync(join(out, "node_modules/a/real/y"))).toBe(false);
  });

  it("refuses places and commands outside the tree", () => {
    const file = { path: "package/x.js", body: "x" };
    expect(installNpm([file], {}, "../a").message).toMatch(/not inside the tree/);
    expect(installNpm([file], { evil: "../../../x" }).message).toMatch(/command outside/);
  });
});

describe.skipIf(python === undefined)("the installer of Python packages", () => {
  it("installs a wheel with scripts and data", () => {
    const { status, out } = runPython(
      "wheel",
      "a-1-py3-none-any.whl",
      zip(
        { path: "a/__init__.py", body: "" },
        { path: "a-1.data/scripts/tool", body: "#!python\nprint(1)\n" },
        { path: "a-1.data/data/share/a.txt", body: "data" },
        { path: "a-1.data/purelib/b.py", body: "" },
      ),
    );
    expect(status).toBe(0);
    const site = readdirSync(join(out, "lib")).map((version) => join(out, "lib", version, "site-packages"))[0] ?? "";
    expect(readdirSync(site).toSorted()).toEqual(["a", "b.py"]);
    expect(statSync(join(out, "bin/tool")).mode & 0o111).not.toBe(0);
    expect(readFileSync(join(out, "share/a.txt"), "utf8")).toBe("data");
  });

  it.each([
    ["a wheel that climbs out", "wheel", "a.whl", zip({ path: "../../evil.py", body: "" })],
    ["a wheel with an absolute name", "wheel", "a.whl", zip({ path: "/evil.py", body: "" })],
    ["an unknown scheme", "wheel", "a.whl", zip({ path: "a-1.data/evil/x", body: "" })],
    ["a scheme that climbs out", "wheel", "a.whl", zip({ path: "a-1.data/../../../evil", body: "" })],
    ["an sdist that climbs out", "build", "a.tar.gz", gzipSync(writeTar([{ path: "a-1/../../evil", body: "" }]))],
    [
      "an sdist with a link that leads out",
      "build",
      "a.tar.gz",
      gzipSync(writeTar([{ path: "a-1/link", type: "2", linkTarget: "../../.." }])),
    ],
  ])("refuses %s", (_what, command, file, content) => {
    const { status, message } = runPython(command, file, content);
    expect(status).toBe(1);
    expect(message).toMatch(/^enki: a\.(?:whl|tar\.gz) (?:holds|links|has) /);
  });
});
