import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { narIntegrity, type NarNode } from "../../src/formats/nar.ts";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";

const encoder = new TextEncoder();

function file(text: string, isExecutable = false): NarNode {
  return { kind: "file", content: encoder.encode(text), isExecutable };
}

function directory(entries: Readonly<Record<string, NarNode>>): NarNode {
  return { kind: "directory", entries: new Map(Object.entries(entries)) };
}

function write(node: NarNode, path: string): void {
  if (node.kind === "link") symlinkSync(node.target, path);
  else if (node.kind === "file") {
    writeFileSync(path, node.content);
    chmodSync(path, node.isExecutable ? 0o755 : 0o644);
  } else {
    mkdirSync(path);
    for (const [name, entry] of node.entries) write(entry, join(path, name));
  }
}

const trees: readonly (readonly [string, NarNode])[] = [
  ["an empty folder", directory({})],
  ["a file", file("hello")],
  ["a program", file("#!/bin/sh\n", true)],
  ["a link", { kind: "link", target: "../else where" }],
  [
    "a tree with names that sort differently as bytes and as UTF-16",
    directory({
      "\uFF5E": file("wide"),
      "😀": file("astral"),
      Z: file("1234567"),
      a: directory({ b: file("12345678", true), c: { kind: "link", target: "b" } }),
      ".git": directory({}),
    }),
  ],
];

describe("the hash of a tree", () => {
  it.skipIf(nixIsMissing).each(trees)("of %s is what nix hash path says", (_what, tree) => {
    const path = join(mkdtempSync(join(tmpdir(), "enki-nar-")), "tree");
    write(tree, path);
    const expected = execFileSync("nix", ["hash", "path", "--sri", path], {
      env: makeStore().environment,
      encoding: "utf8",
    });
    expect(narIntegrity(tree)).toBe(expected.trim());
  });

  it("is known for one tree without Nix", () => {
    expect(narIntegrity(directory({}))).toBe("sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=");
  });
});
