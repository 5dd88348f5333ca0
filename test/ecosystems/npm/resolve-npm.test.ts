import { describe, expect, it } from "vitest";

import type { ResolveOptions } from "../../../src/ecosystems/ecosystem.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import { explainUnsatisfiable } from "./explain.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { resolveProject, summary, type SyntheticProject, type SyntheticRegistry } from "./npm-project.ts";
import { lockOf, npmFindings } from "./npm-findings.ts";
import { hasNpm } from "./real-npm.ts";

function settings(values: Readonly<Record<string, JsonValue>>): { options: ResolveOptions } {
  return { options: { settings: new Map(Object.entries(values)) } };
}

const hosts: SyntheticRegistry = {
  host: { v: { "1.0.0": {}, "2.0.0": {} } },
  plug: { v: { "1.0.0": { peerDependencies: { host: "1" } } } },
  x: { v: { "1.0.0": { dependencies: { plug: "1", host: "2" } } } },
};

describe("peers", () => {
  it("below the direct dependencies may have a copy of their own", async () => {
    const result = await resolveProject({ packageJson: { dependencies: { x: "1" } }, registry: hosts });
    expect(summary(result)).toBe("host@1.0.0:peer plug@1.0.0 x@1.0.0 x/host@2.0.0");
  });

  it("may not with peers = strict, and the proof names all parties", async () => {
    const project = { packageJson: { dependencies: { x: "1" } }, registry: hosts };
    const result = await resolveProject(project, settings({ peers: "strict" }));
    expect(summary(result)).toBe("unsatisfiable");
    const words = explainUnsatisfiable(result);
    for (const word of ["plug 1", "host 1", "host 2", "x"]) expect(words).toContain(word);
  });

  it("are ignored with peers = legacy", async () => {
    const project = { packageJson: { dependencies: { plug: "1", host: "2" } }, registry: hosts };
    expect(summary(await resolveProject(project))).toBe("unsatisfiable");
    expect(summary(await resolveProject(project, settings({ peers: "legacy" })))).toBe("host@2.0.0 plug@1.0.0");
  });

  it("that conflict at the root are explained with file and line", async () => {
    const project = { packageJson: { dependencies: { plug: "1", host: "^2.0.0" } }, registry: hosts };
    const words = explainUnsatisfiable(await resolveProject(project));
    expect(words).toContain("requires plug 1, which requires host 1 (peer dependency of plug)");
    expect(words).toContain("package.json:7 requires host ^2.0.0");
  });

  it("find the dependent itself", async () => {
    const registry: SyntheticRegistry = {
      core: { v: { "1.0.0": { dependencies: { helper: "1" } } } },
      helper: { v: { "1.0.0": { peerDependencies: { core: "^1.0.0" } } } },
    };
    const result = await resolveProject({ packageJson: { dependencies: { core: "1" } }, registry });
    expect(summary(result)).toBe("core@1.0.0 helper@1.0.0");
  });

  it("pass upwards through a preset", async () => {
    const registry: SyntheticRegistry = {
      core: { v: { "7.0.0": {}, "8.0.0": {} } },
      preset: { v: { "1.0.0": { peerDependencies: { core: "^7.0.0 || ^8.0.0" }, dependencies: { plugin: "1" } } } },
      plugin: { v: { "1.0.0": { peerDependencies: { core: "^7.0.0" } } } },
    };
    const result = await resolveProject({ packageJson: { dependencies: { core: ">=7", preset: "1" } }, registry });
    expect(summary(result)).toBe("core@7.0.0 plugin@1.0.0 preset@1.0.0");
  });

  it("do not go on for ever around a circle of packages that provide each other's peers", async () => {
    const registry: SyntheticRegistry = {
      a: { v: { "1.0.0": { dependencies: { b: "1", q: "1" }, peerDependencies: { r: "*" } } } },
      b: { v: { "1.0.0": { dependencies: { a: "1", r: "1" }, peerDependencies: { q: "*" } } } },
      q: { v: { "1.0.0": {} } },
      r: { v: { "1.0.0": {} } },
    };
    const result = await resolveProject({ packageJson: { dependencies: { a: "1" } }, registry });
    expect(summary(result)).toBe("a@1.0.0 b@1.0.0 q@1.0.0 r@1.0.0");
  });

  it("of 60 plugins with each other are solved within a second", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
    const registry: SyntheticRegistry = Object.fromEntries(
      names.map((name) => {
        const peerDependencies = Object.fromEntries(
          names.filter((other) => other !== name).map((other) => [other, "*"]),
        );
        return [name, { v: { "1.0.0": { peerDependencies }, "1.1.0": { peerDependencies } } }];
      }),
    );
    const before = performance.now();
    const result = await resolveProject({ packageJson: { dependencies: { p0: "*" } }, registry });
    expect(summary(result).split(" ")).toHaveLength(60);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

const platforms: SyntheticRegistry = {
  bundler: {
    v: {
      "1.0.0": { optionalDependencies: { "bundler-mac": "1.0.0", "bundler-linux": "1.0.0" } },
      "1.1.0": { optionalDependencies: { "bundler-mac": "1.1.0", "bundler-linux": "1.1.0" } },
    },
  },
  "bundler-mac": { v: { "1.0.0": { os: ["darwin"] } } },
  "bundler-linux": { v: { "1.0.0": { os: ["linux"] }, "1.1.0": { os: ["linux"] } } },
};

describe("optional dependencies", () => {
  it("back off a version whose binaries the registry lacks", async () => {
    const project = { packageJson: { dependencies: { bundler: "^1.0.0" } }, registry: platforms };
    expect(summary(await resolveProject(project))).toBe(
      "bundler@1.0.0 bundler-linux@1.0.0:optional bundler-mac@1.0.0:optional",
    );
  });

  it("are marked as missing where there is no other version, with a warning", async () => {
    const result = await resolveProject({ packageJson: { dependencies: { bundler: "1.1.0" } }, registry: platforms });
    expect(summary(result)).toBe("bundler@1.1.0 bundler-linux@1.1.0:optional bundler-mac@1.1.0:optional");
    const entry = (
      JSON.parse(await lockOf({ packageJson: { dependencies: { bundler: "1.1.0" } }, registry: platforms })) as {
        packages: Record<string, object>;
      }
    ).packages["node_modules/bundler-mac"];
    expect(entry).toEqual({ version: "1.1.0", optional: true, os: ["none"] });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["npm-optional-missing"]);
  });

  it.runIf(hasNpm())("that are missing leave a lock that npm ci accepts", async () => {
    const registry: SyntheticRegistry = {
      a: { v: { "1.0.0": { optionalDependencies: { nope: "1", b: "9", "@s/gone": "~2.1.0" } } } },
      b: { v: { "1.0.0": {} } },
    };
    expect(await npmFindings({ packageJson: { dependencies: { a: "1", b: "1" } }, registry })).toEqual([]);
  });
});

describe("workspaces", () => {
  const registry: SyntheticRegistry = {
    b: { v: { "1.0.0": { dependencies: { c: "^1.0.0" } }, "2.0.0": {} } },
    c: { v: { "1.0.0": {}, "1.5.0": {} } },
    y: { v: { "3.0.0": {} } },
  };
  const project: SyntheticProject = {
    packageJson: { workspaces: ["pk/*", "!pk/skipped"], overrides: { c: "1.0.0" } },
    registry,
    files: {
      "pk/x/package.json": {
        name: "@s/x",
        version: "1.0.0",
        dependencies: { y: "^1", b: "1" },
        devDependencies: { c: "1" },
      },
      "pk/y/package.json": { name: "y", version: "1.2.0", dependencies: { b: "2" } },
      "pk/skipped/package.json": { name: "skipped", version: "1.0.0" },
    },
  };

  it("win over the registry, and overrides cross their links", async () => {
    expect(summary(await resolveProject(project))).toBe(
      "@s/x->pk/x b@1.0.0 c@1.0.0 y->pk/y pk/x@1.0.0 pk/y@1.2.0 pk/y/b@2.0.0",
    );
  });

  it.runIf(hasNpm())("give a lock that npm does not change", async () => {
    expect(await npmFindings(project)).toEqual([]);
  });

  it("may stand beside the same version from the registry, under another name", async () => {
    const result = await resolveProject({
      packageJson: { workspaces: ["y"], dependencies: { twin: "npm:y@3.0.0" } },
      registry,
      files: { "y/package.json": { name: "y", version: "3.0.0" } },
    });
    expect(summary(result)).toBe("twin@3.0.0 y->y y@3.0.0");
    const ids = result.kind === "resolved" ? result.resolution.packages.map(({ id }) => id) : [];
    expect(ids.filter((id) => id.startsWith("npm:y@"))).toEqual([
      "npm:y@3.0.0",
      expect.stringMatching(/^npm:y@3\.0\.0\+[0-9a-f]{12}$/),
    ]);
  });

  it("with the same name are an error with both places", async () => {
    const twins = {
      packageJson: { workspaces: ["a", "b"] },
      registry,
      files: { "a/package.json": { name: "x" }, "b/package.json": { name: "x" } },
    };
    await expect(async () => resolveProject(twins)).rejects.toThrow("two workspaces are called `x`: a and b");
  });
});

describe("changes of an existing answer", () => {
  const before: SyntheticRegistry = {
    a: { v: { "1.0.0": { dependencies: { b: "^1.0.0" } } } },
    b: { v: { "1.0.0": {} } },
    c: { v: { "1.0.0": {} } },
  };
  const after: SyntheticRegistry = {
    a: { v: { "1.0.0": { dependencies: { b: "^1.0.0" } }, "1.1.0": { dependencies: { b: "^1.0.0" } } } },
    b: { v: { "1.0.0": {}, "1.1.0": {} } },
    c: { v: { "1.0.0": {} } },
  };

  it("keep everything that still fits when a requirement is added or removed", async () => {
    const first = await resolveProject({ packageJson: { dependencies: { a: "^1.0.0" } }, registry: before });
    if (first.kind !== "resolved") throw new Error(first.kind);
    const added = await resolveProject(
      { packageJson: { dependencies: { a: "^1.0.0", c: "1" } }, registry: after },
      { previous: first.resolution },
    );
    expect(summary(added)).toBe("a@1.0.0 b@1.0.0 c@1.0.0");
    if (added.kind !== "resolved") throw new Error(added.kind);
    const removed = await resolveProject(
      { packageJson: { dependencies: { a: "^1.0.0" } }, registry: after },
      { previous: added.resolution },
    );
    expect(summary(removed)).toBe("a@1.0.0 b@1.0.0");
  });

  it("are none when nothing changed", async () => {
    const project = { packageJson: { dependencies: { a: "^1.0.0", c: "*" } }, registry: after };
    const first = await resolveProject(project);
    if (first.kind !== "resolved") throw new Error(first.kind);
    const second = await resolveProject(project, { previous: first.resolution });
    expect(second.kind === "resolved" && second.resolution).toEqual(first.resolution);
    expect(second.kind === "resolved" && second.locks).toEqual(first.locks);
  });

  it("apply overrides that came later (npm/cli#8986)", async () => {
    const first = await resolveProject({ packageJson: { dependencies: { a: "^1.0.0" } }, registry: before });
    if (first.kind !== "resolved") throw new Error(first.kind);
    const second = await resolveProject(
      { packageJson: { dependencies: { a: "^1.0.0" }, overrides: { b: "1.1.0" } }, registry: after },
      { previous: first.resolution },
    );
    expect(summary(second)).toBe("a@1.0.0 b@1.1.0");
  });
});

describe("the lock", () => {
  it("is npm-shrinkwrap.json where there is one, because npm then reads no other", async () => {
    const result = await resolveProject({
      packageJson: { dependencies: { a: "1" } },
      registry: { a: { v: { "1.0.0": {} } } },
    });
    if (result.kind !== "resolved") throw new Error(result.kind);
    const paths = (existing: string): readonly string[] =>
      npm
        .exportLocks({
          resolution: result.resolution,
          manifests: [],
          existing: (path) => (path === existing ? "{}" : undefined),
        })
        .map(({ path }) => path);
    expect(paths("npm-shrinkwrap.json")).toEqual(["npm-shrinkwrap.json"]);
    expect(paths("package-lock.json")).toEqual(["package-lock.json"]);
  });
});

describe("overrides", () => {
  const registry: SyntheticRegistry = {
    a: { v: { "1.0.0": { dependencies: { b: "^1.0.0" } } } },
    b: { v: { "1.0.0": {}, "1.1.0": { dependencies: { c: "*" } }, "2.0.0": {} } },
    c: { v: { "1.0.0": {}, "2.0.0": {} } },
  };

  it.each([
    ["everywhere", { b: "2.0.0" }, {}, "a@1.0.0 b@2.0.0"],
    ["below one package", { a: { b: "2.0.0" } }, { b: "1.0.0" }, "a@1.0.0 a/b@2.0.0 b@1.0.0"],
    ["of a package and below it", { b: { ".": "1.1.0", c: "1.0.0" } }, {}, "a@1.0.0 b@1.1.0 c@1.0.0"],
    ["of some versions", { "b@1": "2.0.0" }, {}, "a@1.0.0 b@2.0.0"],
    ["of versions that nobody asks for", { "b@3": "2.0.0" }, {}, "a@1.0.0 b@1.1.0 c@2.0.0"],
    ["by the project's own requirement", { c: "$c" }, { c: "1.0.0" }, "a@1.0.0 b@1.1.0 c@1.0.0"],
    ["by nothing", { b: "" }, {}, "a@1.0.0 b@1.1.0 c@2.0.0"],
    ["by a folder of the project", { b: "file:./own" }, {}, "a@1.0.0 b->own own@9.0.0"],
  ])("%s", async (_, overrides, more, expected) => {
    const packageJson = { dependencies: { a: "1", ...more }, overrides };
    const files = { "own/package.json": { name: "b", version: "9.0.0" } };
    expect(summary(await resolveProject({ packageJson, registry, files }))).toBe(expected);
  });

  it.each([
    ["their peers, which others depend on too", { plug: "1", host: "1" }, "host@1.0.0 lib@1.0.0 plug@1.0.0"],
    ["nobody, where the package is not there", { host: "1" }, "host@1.0.0 lib@2.0.0"],
  ])("below a package hold for %s", async (_, dependencies, expected) => {
    const packageJson = { dependencies, overrides: { plug: { lib: "1.0.0" } } };
    const plugged: SyntheticRegistry = {
      plug: { v: { "1.0.0": { peerDependencies: { host: "1" } } } },
      host: { v: { "1.0.0": { dependencies: { lib: "*" } } } },
      lib: { v: { "1.0.0": {}, "2.0.0": {} } },
    };
    expect(summary(await resolveProject({ packageJson, registry: plugged }))).toBe(expected);
  });

  it.each([
    [{ b: "2.0.0" }, "contradicts the direct requirement 1"],
    [{ c: "$zzz" }, "refers to a direct requirement on `zzz`, and there is none"],
    [{ a: { c: 7 } }, "the override of `c` must be a string or an object"],
    ["b", "`overrides` must be an object"],
  ])("%j are refused", (overrides, message) => {
    const packageJson = { dependencies: { b: "1" }, overrides };
    expect(() => resolveProject({ packageJson, registry })).toThrow(message);
  });
});

describe("toolchains", () => {
  const registry: SyntheticRegistry = {
    native: { v: { "1.0.0": { hasInstallScript: true, dependencies: { "node-gyp-build": "*" } } } },
    "node-gyp-build": { v: { "4.0.0": {} } },
    modern: { v: { "1.0.0": { engines: { node: ">=99" } } } },
  };

  it("python and a C compiler are needed where native code is compiled", async () => {
    const result = await resolveProject({ packageJson: { dependencies: { native: "1" } }, registry });
    if (result.kind !== "resolved") throw new Error(result.kind);
    const edges = result.resolution.edges.filter(({ from, kind }) => from === "npm:native@1.0.0" && kind === "build");
    expect(edges.map(({ why }) => why)).toEqual(Array(2).fill("native 1.0.0 compiles native code with node-gyp"));
    expect(edges.every(({ to }) => to.startsWith("nix:"))).toBe(true);
  });

  it("engines warn, and decide with --strict-engines", async () => {
    const project = { packageJson: { dependencies: { modern: "1" } }, registry };
    const lenient = await resolveProject(project);
    expect(summary(lenient)).toBe("modern@1.0.0");
    expect(lenient.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^modern 1\.0\.0 asks for node >=99, and node is \d+\.\d+\.\d+$/),
    ]);
    const strict = await resolveProject(project, { options: { settings: new Map(), strictEngines: true } });
    expect(summary(strict)).toBe("unsatisfiable");
    expect(explainUnsatisfiable(strict)).toContain("node");
  });
});

describe("hostile names", () => {
  it("are packages like any other", async () => {
    const names = ["__proto__", "constructor", "hasOwnProperty", "toString", "then", "valueOf"];
    const dependencies = JSON.parse(
      `{${names
        .slice(1)
        .map((name) => `"${name}":"*"`)
        .join(",")}}`,
    ) as object;
    const registry = new Map(names.map((name) => [name, { v: { "1.0.0": {}, "1.1.0": {} } }]));
    const result = await resolveProject({ packageJson: { dependencies }, registry: Object.fromEntries(registry) });
    expect(summary(result).split(" ").toSorted()).toEqual(
      names
        .slice(1)
        .map((name) => `${name}@1.1.0`)
        .toSorted(),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("resolution modes", () => {
  const registry: SyntheticRegistry = {
    a: { v: { "1.0.0": { dependencies: { b: "^1.0.0" } }, "1.1.0": { dependencies: { b: "^1.0.0" } } } },
    b: { v: { "1.0.0": {}, "1.1.0": {}, "1.2.0-rc.1": {} }, latest: "1.1.0" },
  };
  it.each([
    ["highest", "a@1.1.0 b@1.1.0"],
    ["lowest", "a@1.0.0 b@1.0.0"],
    ["lowest-direct", "a@1.0.0 b@1.1.0"],
  ] as const)("%s", async (versions, expected) => {
    const options = { settings: new Map(), versions };
    const result = await resolveProject({ packageJson: { dependencies: { a: "^1.0.0" } }, registry }, { options });
    expect(summary(result)).toBe(expected);
  });
});

describe("placement", () => {
  it("puts the version that saves most copies at the root", async () => {
    const registry: SyntheticRegistry = {
      ...Object.fromEntries(
        ["p", "q", "r", "s"].map((name) => [name, { v: { "1.0.0": { dependencies: { dep: "1" } } } }]),
      ),
      first: { v: { "1.0.0": { dependencies: { dep: "2" } } } },
      dep: { v: { "1.0.0": {}, "2.0.0": {} } },
    };
    const dependencies = { first: "1", p: "1", q: "1", r: "1", s: "1" };
    const result = await resolveProject({ packageJson: { dependencies }, registry });
    expect(summary(result)).toBe("dep@1.0.0 first@1.0.0 first/dep@2.0.0 p@1.0.0 q@1.0.0 r@1.0.0 s@1.0.0");
  });

  it.runIf(hasNpm())("closes circles of versions in a way that npm follows", async () => {
    const registry: SyntheticRegistry = {
      a: { v: { "1.0.0": { dependencies: { b: "2" } }, "2.0.0": { dependencies: { b: "1" } } } },
      b: { v: { "1.0.0": { dependencies: { a: "1" } }, "2.0.0": { dependencies: { a: "2" } } } },
    };
    expect(await npmFindings({ packageJson: { dependencies: { a: "2" } }, registry })).toEqual([]);
  });

  it.runIf(hasNpm())("of linked folders and aliases is npm's own", async () => {
    const project: SyntheticProject = {
      packageJson: { dependencies: { l: "file:./lib", foo: "2", foo1: "npm:foo@1" } },
      registry: { b: { v: { "1.0.0": {} } }, foo: { v: { "1.0.0": {}, "2.0.0": {} } } },
      files: { "lib/package.json": { name: "l", version: "3.0.0", dependencies: { b: "1" } } },
    };
    expect(await npmFindings(project)).toEqual([]);
  });
});
