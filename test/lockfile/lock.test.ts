import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalResolution } from "../../src/lockfile/canonical-resolution.ts";
import { parseLock } from "../../src/lockfile/read-lock.ts";
import { formatLock } from "../../src/lockfile/write-lock.ts";
import { EnkiError } from "../../src/model/enki-error.ts";
import type { Resolution } from "../../src/model/resolution.ts";
import { arbitraryResolution } from "./arbitrary-resolution.ts";

const hash = `sha512-${"b".repeat(86)}==`;

/** A service with one npm package whose range, version and dependency can be varied. */
function service(version = "1.0.0"): Resolution {
  return {
    roots: [
      {
        id: "root:web/package.json",
        ecosystem: "npm",
        file: "web/package.json",
        sha256: "a".repeat(64),
        name: "web",
        details: {},
      },
    ],
    packages: [
      {
        id: "npm:b@2.0.0",
        ecosystem: "npm",
        name: "b",
        version: "2.0.0",
        licence: "MIT",
        artifacts: [{ kind: "tarball", url: "https://files.example/b.tgz", integrity: hash, sizeBytes: 12 }],
        details: { engines: { node: ">=18" } },
      },
      {
        id: `npm:a@${version}`,
        ecosystem: "npm",
        name: "a",
        version,
        artifacts: [{ kind: "tarball", url: `https://files.example/a-${version}.tgz`, integrity: hash }],
        details: {},
      },
    ],
    instances: [
      { package: "npm:b@2.0.0", environment: "run", features: [], path: "web/node_modules/b" },
      { package: `npm:a@${version}`, environment: "run", features: [] },
    ],
    edges: [
      { from: "npm:b@2.0.0", to: `npm:a@${version}`, kind: "peer", range: "*", environment: "run" },
      { from: "root:web/package.json", to: "npm:b@2.0.0", kind: "runtime", range: "^2", environment: "run" },
    ],
    targets: [{ system: "x86_64-linux", tools: { node: "22.1.0" } }],
    provenance: [{ ecosystem: "npm", registry: "https://registry.example/" }],
    fidelity: [{ ecosystem: "npm", gaps: [], unverified: [] }],
  };
}

/** All details as text, so that the order of their keys counts. */
function detailsText({ packages, roots }: Resolution): string {
  return JSON.stringify([...packages, ...roots].map((one) => one.details));
}

/** Reads `text` and returns the error that it must give. */
function errorOf(text: string): EnkiError {
  try {
    parseLock(text);
  } catch (error) {
    if (error instanceof EnkiError) return error;
    throw error;
  }
  throw new Error("the lock was accepted");
}

/** The text of {@link service} with one replacement that must apply. */
function damaged(from: string | RegExp, to: string): string {
  const text = formatLock(service());
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return changed;
}

describe("writing and reading", () => {
  test("what is written reads back as the canonical resolution, and writes the same bytes", () => {
    fc.assert(
      fc.property(arbitraryResolution, (resolution) => {
        const text = formatLock(resolution);
        const read = parseLock(text);
        const canonical = canonicalResolution(resolution);
        expect(read).toEqual(canonical);
        // The command line writes everything from the canonical form without reading the lock again.
        expect(detailsText(read)).toBe(detailsText(canonical));
        expect(formatLock(read)).toBe(text);
        expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test("the order of the lists in memory does not show in the file", () => {
    fc.assert(
      fc.property(arbitraryResolution, (resolution) => {
        const reversed: Resolution = {
          ...resolution,
          packages: resolution.packages.toReversed(),
          edges: resolution.edges.toReversed(),
          instances: resolution.instances.toReversed(),
          targets: resolution.targets.toReversed(),
        };
        expect(formatLock(reversed)).toBe(formatLock(resolution));
      }),
      { numRuns: 100 },
    );
  });

  test("a bump changes the lines of the package and of the edges to it, and nothing else", () => {
    const before = formatLock(service("1.0.0")).split("\n");
    const after = formatLock(service("1.0.1")).split("\n");
    expect(after).toHaveLength(before.length);
    const changed = after.filter((line, index) => line !== before[index]).map((line) => line.trim());
    expect(changed).toEqual([
      '"npm:a@1.0.1": {',
      '"url": "https://files.example/a-1.0.1.tgz"',
      '"version": "1.0.1"',
      '"to": "npm:a@1.0.1"',
    ]);
  });

  test("keys are sorted, lines end with LF, defaults are left out", () => {
    const text = formatLock(service());
    expect(text).toContain(`    "root:web/package.json": {
      "ecosystem": "npm",
      "edges": [
        {
          "range": "^2",
          "to": "npm:b@2.0.0"
        }
      ],
      "file": "web/package.json",
      "name": "web",
`);
    expect(text.endsWith("}\n")).toBe(true);
    expect(text).not.toContain("\r");
  });

  test("credentials never reach the file", () => {
    const withSecret = service();
    const [first, ...rest] = withSecret.packages;
    if (first === undefined) throw new Error("no package");
    for (const url of ["https://user:p%40ss@files.example/b.tgz", "https://token@files.example/b.tgz"]) {
      const packages = [{ ...first, artifacts: [{ kind: "tarball", url }] }, ...rest];
      expect(() => formatLock({ ...withSecret, packages })).toThrow("holds credentials");
    }
  });

  test("a resolution that contradicts itself is refused", () => {
    const { packages, edges } = service();
    expect(() => formatLock({ ...service(), packages: [...packages, ...packages] })).toThrow(
      "two of package npm:a@1.0.0",
    );
    const stray = { from: "npm:z@1", to: "npm:b@2.0.0", kind: "runtime", range: "*", environment: "run" } as const;
    expect(() => formatLock({ ...service(), edges: [...edges, stray] })).toThrow("edge from npm:z@1");
  });
});

describe("locks that can't be read", () => {
  test("lock from the future", () => {
    const error = errorOf(damaged('"schema": 1', '"schema": 2'));
    expect(error.code).toBe("invalid-lock");
    expect(error.message).toBe("enki.lock was written by a newer Enki: it has schema 2, and this Enki reads up to 1");
    expect(error.hint).toContain("install a newer Enki");
  });

  test("keys of a later revision are ignored, unknown keys of this one are not", () => {
    const withKey = damaged('"licence": "MIT"', '"licence": "MIT",\n      "novelty": 1');
    expect(errorOf(withKey).message).toBe(
      'enki.lock is damaged: packages["npm:b@2.0.0"].novelty is not a key that Enki knows',
    );
    expect(parseLock(withKey.replace('"revision": 0', '"revision": 7')).packages).toHaveLength(2);
  });

  test("merge-conflict markers name their line and the way out", () => {
    const error = errorOf(damaged('    "npm:b@2.0.0": {', '<<<<<<< HEAD\n    "npm:b@2.0.0": {'));
    expect(error.message).toBe("enki.lock holds a merge conflict");
    expect(error.hint).toContain("git checkout --ours enki.lock");
    expect(error.diagnostics[0]?.sourceLine).toBe("<<<<<<< HEAD");
    expect(error.diagnostics[0]?.origin?.line).toBeGreaterThan(10);
  });

  test("broken JSON names line and column", () => {
    const error = errorOf('{\n  "schema": 1,\n  "roots" oops\n}\n');
    expect(error.message).toBe("enki.lock is not JSON");
    expect(error.diagnostics[0]?.origin).toMatchObject({ file: "enki.lock", line: 3, column: 11 });
    expect(error.diagnostics[0]?.sourceLine).toBe('  "roots" oops');
  });

  test.each([
    ["", "enki.lock is not JSON"],
    ["[]", "the file must be an object"],
    ["{}", 'the file lacks "schema"'],
    ['{"schema": "1"}', "schema must be a whole number"],
  ])("%j: %s", (text, message) => {
    expect(errorOf(text).message).toContain(message);
  });

  test.each([
    [/"to": "npm:a@1.0.0"/, '"to": "npm:a@9"', "leads to npm:a@9, which is not in the lock"],
    [/"version": "2.0.0"/, '"version": "2.0.1"', 'must have the key "npm:b@2.0.1"'],
    [
      /"kind": "peer"/,
      '"kind": "pear"',
      'packages["npm:b@2.0.0"].edges[0].kind must be one of runtime, optional, peer',
    ],
    [/sha512-b/, "sha1-b", "integrity must be one sha256 or sha512"],
    [/"sizeBytes": 12/, '"sizeBytes": -1', "sizeBytes must be a whole number"],
    [/"path": "web\/node_modules\/b"/, '"path": "../../etc"', "must lie inside the project"],
    [/"file": "web\/package.json"/, '"file": "/etc/passwd"', "must be a path inside the project"],
    [/"root:web/, '"web', 'must have a key that starts with "root:"'],
    [/"sha256": "a/, '"sha256": "z', "must be 64 lower-case hexadecimal digits"],
  ])("%s -> %s", (from, to, message) => {
    expect(errorOf(damaged(from, to)).message).toContain(message);
  });

  test("wrong types anywhere give an EnkiError and nothing else", () => {
    const text = formatLock(service());
    const values = ["null", "1", '"x"', "[]", "{}", "true", "[[]]"];
    const sites = [...text.matchAll(/: /g)].map((match) => match.index + 2);
    const outcomes = sites.flatMap((site) =>
      values.map((value) => outcomeOf(`${text.slice(0, site)}${value}${text.slice(endOfValue(text, site))}`)),
    );
    expect(outcomes.length).toBeGreaterThan(200);
    expect(new Set(outcomes)).toEqual(new Set(["accepted", "refused"]));
  });
});

/** What happens to a lock; anything but an EnkiError is thrown on. */
function outcomeOf(text: string): "accepted" | "refused" {
  try {
    parseLock(text);
    return "accepted";
  } catch (error) {
    if (error instanceof EnkiError) return "refused";
    throw error;
  }
}

/** Where the JSON value that starts at `start` ends. */
function endOfValue(text: string, start: number): number {
  for (let end = start + 1; end <= text.length; end++) {
    try {
      JSON.parse(text.slice(start, end));
      if (!/\d/.test(text[end] ?? "")) return end;
    } catch {
      // Not yet a whole value.
    }
  }
  throw new Error("no value");
}
