import { describe, expect, it } from "vitest";

import { explain } from "../../../src/report/explanation/explain.ts";
import type { ResolveRequest } from "../../../src/resolve/request.ts";
import { memoryFiles, release } from "./helpers/index-builder.ts";
import type { WrittenRelease } from "./helpers/index-builder.ts";
import { resolveCargo } from "./helpers/resolve-cargo.ts";

/** The words with which a failure is explained: the proof and the hints. */
async function explanation(
  releases: readonly WrittenRelease[],
  dependencies: string,
  options: { readonly rustc?: string; readonly request?: Partial<ResolveRequest> } = {},
): Promise<string> {
  const manifest = `[package]\nname = "search"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${dependencies}\n`;
  const result = await resolveCargo({
    projectDirectory: "/project",
    manifests: ["search/Cargo.toml"],
    registries: [{ kind: "path", path: "/registry" }],
    files: memoryFiles(releases, { "search/Cargo.toml": manifest }),
    ...options,
  });
  if (result.kind !== "unsatisfiable") throw new Error(`it is ${result.kind}`);
  const { text, hints } = explain(result.derivation, result.narrator);
  return [text, ...hints.map((hint) => `hint[${hint.code}]: ${hint.text}`)].join("\n");
}

const sqlite = [
  release("libsqlite3-sys 0.28.0", [], { links: "sqlite3" }),
  release("libsqlite3-sys 0.30.0", [], { links: "sqlite3" }),
  release("rusqlite 0.31.0", ["libsqlite3-sys ^0.28"]),
  release("rusqlite 0.32.0", ["libsqlite3-sys ^0.30"]),
  release("sqlx-sqlite 0.8.0", ["libsqlite3-sys ^0.30"]),
  release("sqlx 0.8.0", ["sqlx-sqlite =0.8.0"]),
];

describe("explanations", () => {
  it("names both chains to a native library that two packages claim", async () => {
    expect(await explanation(sqlite, 'rusqlite = "0.31"\nsqlx = "0.8"')).toMatchSnapshot();
  });

  it("names two crates that claim the same native library", async () => {
    const releases = [
      release("lua-sys 1.0.0", [], { links: "lua" }),
      release("mlua-sys 0.6.0", [], { links: "lua" }),
      release("old 1.0.0", ["lua-sys ^1"]),
    ];
    expect(await explanation(releases, 'old = "1"\nmlua-sys = "0.6"')).toMatchSnapshot();
  });

  it("says which feature is missing, and which versions have it", async () => {
    const releases = [
      release("json 1.0.0", [], { features: { raw: [] } }),
      release("json 1.1.0", [], { features: { raw: [] } }),
      release("json 1.2.0"),
      release("json 1.3.0"),
    ];
    expect(await explanation(releases, 'json = { version = "1.2", features = ["raw"] }')).toMatchSnapshot();
  });

  it("says that a feature is an optional dependency without a feature of its own", async () => {
    const releases = [
      release("c 1.0.0"),
      release("ureq 2.0.0", [{ on: "c ^1", optional: true }], { features: { cookies: ["dep:c"] } }),
    ];
    expect(await explanation(releases, 'ureq = { version = "2", features = ["c"] }')).toMatchSnapshot();
  });

  it("says that every matching version is yanked", async () => {
    const releases = [
      release("crypto 0.1.0", [], { yanked: true }),
      release("crypto 0.1.1", [], { yanked: true }),
      release("crypto 0.2.0"),
      release("tls 1.0.0", ["crypto ^0.1"]),
    ];
    expect(await explanation(releases, 'tls = "1"')).toMatchSnapshot();
  });

  it("says that the toolchain is too old", async () => {
    const releases = [release("modern 2.0.0", [], { rustVersion: "1.80" }), release("modern 1.0.0")];
    const request = { options: { strictEngines: true, settings: new Map() } };
    expect(await explanation(releases, 'modern = "2"', { rustc: "1.75.0", request })).toMatchSnapshot();
  });

  it("says that there are only pre-releases", async () => {
    const releases = [release("ui 2.0.0-alpha.1"), release("ui 2.0.0-beta.3"), release("ui 1.0.0")];
    expect(await explanation(releases, 'ui = "2"')).toMatchSnapshot("only pre-releases in the class");
    expect(await explanation([release("ui 3.0.0-rc.1")], 'ui = ">=1"')).toMatchSnapshot("only pre-releases at all");
  });

  it("says that a version or a crate does not exist", async () => {
    expect(await explanation([release("a 1.0.0"), release("a 2.1.0")], 'a = "3"')).toMatchSnapshot("no such class");
    expect(await explanation([release("a 1.0.0"), release("a 1.1.0")], 'a = "1.5"')).toMatchSnapshot("no such version");
    expect(await explanation([release("serde_json 1.0.0")], 'serde-json = "1"')).toMatchSnapshot("no such crate");
  });

  it("names what two requirements on one class want", async () => {
    const releases = [release("log 0.4.1"), release("log 0.4.2"), release("a 1.0.0", ["log =0.4.1"])];
    expect(await explanation(releases, 'a = "1"\nlog = "=0.4.2"')).toMatchSnapshot();
  });

  it("says that the cut-off date excludes a version", async () => {
    const releases = [release("new 1.0.0", [], { published: "2026-05-01T00:00:00Z" })];
    const request = { options: { excludeNewer: "2026-01-01T00:00:00Z", settings: new Map() } };
    expect(await explanation(releases, 'new = "1"', { request })).toMatchSnapshot();
  });
});
