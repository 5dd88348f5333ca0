import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Instance } from "../../src/model/resolution.ts";
import { makeStore, nixIsMissing, type NixStore } from "../helpers/nix-instantiate.ts";
import { build, emitProject, projectExpression, type EmittedProject } from "./emitted-project.ts";
import { findHostPrograms } from "./host-programs.ts";
import { tarball, type MadeArchive } from "./mixed-service.ts";
import { packageOf, resolutionOf, rootOf } from "./sample.ts";

const host = findHostPrograms();

/** A tree with a workspace, a package that makes a file when its install script runs, and one with a shrinkwrap. */
function workspaceService(): {
  readonly resolution: ReturnType<typeof resolutionOf>;
  readonly archives: readonly MadeArchive[];
} {
  const made = tarball("tarball", "https://npm.example/made-1.0.0.tgz", "package", {
    "package.json": JSON.stringify({
      name: "made",
      version: "1.0.0",
      main: "index.js",
      bin: "cli.js",
      scripts: { preinstall: "echo first > order.txt", install: "node make.js", postinstall: "echo last >> order.txt" },
    }),
    "make.js": 'require("node:fs").writeFileSync("made.js", "module.exports = " + JSON.stringify(require("helper")))\n',
    "index.js": 'try { module.exports = require("./made.js") } catch { module.exports = "nothing" }\n',
    "cli.js": '#!/usr/bin/env node\nconsole.log(require("./index.js"))\n',
  });
  const helper = tarball("tarball", "https://npm.example/helper-1.0.0.tgz", "package", {
    "package.json": '{"name":"helper","version":"1.0.0"}',
    "index.js": 'module.exports = "made at install"\n',
  });
  const tool = tarball("tarball", "https://npm.example/tool-1.0.0.tgz", "package", {
    "package.json": '{"name":"tool","version":"1.0.0"}',
    "index.js": 'module.exports = "tool with " + require("helper")\n',
  });
  const oldHelper = tarball("tarball", "https://npm.example/helper-0.9.0.tgz", "package", {
    "package.json": '{"name":"helper","version":"0.9.0"}',
    "index.js": 'module.exports = "its own helper"\n',
    "cli.js": "#!/usr/bin/env node\n",
  });
  const bundled = [
    {
      path: "node_modules/helper",
      version: "0.9.0",
      resolved: "https://elsewhere.example/helper-0.9.0.tgz",
      address: oldHelper.artifact.url,
      integrity: oldHelper.artifact.integrity ?? "",
      bin: { helper: "cli.js" },
    },
    { path: "node_modules/mac", version: "1.0.0", os: ["darwin"], resolved: "https://npm.example/mac.tgz" },
    { path: "node_modules/carried", version: "1.0.0", inBundle: true },
  ];
  const toolPackage = packageOf("npm", "tool", "1.0.0", [tool.artifact], { hasShrinkwrap: true, bundled });
  const [madePackage, helperPackage, workspace] = [
    packageOf("npm", "made", "1.0.0", [made.artifact], { bin: { made: "cli.js" }, hasInstallScript: true }),
    packageOf("npm", "helper", "1.0.0", [helper.artifact]),
    packageOf("npm", "inner", "0.1.0", [], { folder: "packages/inner" }),
  ];
  return {
    archives: [made, helper, tool, oldHelper],
    resolution: resolutionOf({
      systems: ["x86_64-linux"],
      roots: [rootOf("npm", "package.json", { name: "top", version: "1.0.0" })],
      packages: [madePackage, helperPackage, toolPackage, workspace],
      instances: [
        instanceOf(madePackage.id, "node_modules/made"),
        instanceOf(helperPackage.id, "node_modules/helper"),
        instanceOf(toolPackage.id, "node_modules/tool"),
        instanceOf(workspace.id, "node_modules/inner", ["link:packages/inner"]),
        instanceOf(workspace.id, "packages/inner"),
        instanceOf(helperPackage.id, "packages/inner/node_modules/helper"),
      ],
    }),
  };
}

function instanceOf(id: string, path: string, features: readonly string[] = []): Instance {
  return { package: id, environment: "run", features, path };
}

const sources = {
  "package.json": '{"name":"top","workspaces":["packages/*"]}',
  "packages/inner/package.json": '{"name":"inner","version":"0.1.0"}',
  "packages/inner/index.js": 'module.exports = "inner with " + require("helper")\n',
  "main.js": 'console.log(require("made") + "; " + require("inner") + "; " + require("tool"))\n',
};

function takesPython({ files }: EmittedProject): boolean {
  return files.some((file) => file.path.endsWith("default.nix") && file.content.includes("    python = python3;\n"));
}

function seed(store: NixStore, project: EmittedProject, archives: readonly MadeArchive[]): void {
  const folder = mkdtempSync(join(tmpdir(), "enki-seed-"));
  const plan = JSON.parse(readFileSync(join(project.directory, "nix/enki/plan.json"), "utf8")) as {
    readonly sources: Readonly<Record<string, { readonly name: string; readonly hash: string }>>;
  };
  for (const { artifact, bytes } of archives) {
    const name = Object.values(plan.sources).find(({ hash }) => hash === artifact.integrity)?.name ?? "";
    writeFileSync(join(folder, name), bytes);
    execFileSync("nix-store", ["--add-fixed", "sha256", join(folder, name)], { env: store.environment });
  }
}

describe.skipIf(nixIsMissing || host.missing.length > 0)("a tree with workspaces and install scripts", () => {
  const service = workspaceService();
  const store = makeStore([
    "sandbox = true",
    "sandbox-fallback = false",
    `sandbox-paths = ${host.sandboxPaths.join(" ")}`,
  ]);
  const plain = emitProject(service.resolution, sources);
  const scripted = emitProject(service.resolution, sources, { builtPackages: ["made"] });
  const outputOf = (project: EmittedProject): { readonly text: string; readonly path: string } => {
    const [path = ""] = build(store, `(${projectExpression(project, { programs: host.expression })}).projects.top`);
    const text = execFileSync(process.execPath, [join(path, "lib/app/main.js")], { encoding: "utf8" }).trim();
    return { text, path };
  };

  beforeAll(() => seed(store, plain, service.archives));

  it("links workspaces to their sources, and runs no script by itself", () => {
    const { text, path } = outputOf(plain);
    expect(text).toBe("nothing; inner with made at install; tool with its own helper");
    expect(existsSync(join(path, "lib/app/node_modules/made/order.txt"))).toBe(false);
  });

  it("runs the scripts of a package that is named, in order, in a derivation of its own", () => {
    const { text, path } = outputOf(scripted);
    expect(text).toBe("made at install; inner with made at install; tool with its own helper");
    expect([takesPython(plain), takesPython(scripted)]).toEqual([false, true]);
    expect(readFileSync(join(path, "lib/app/node_modules/made/order.txt"), "utf8")).toBe("first\nlast\n");
    expect(execFileSync(join(path, "bin/made"), { encoding: "utf8" }).trim()).toBe("made at install");
  });
});
