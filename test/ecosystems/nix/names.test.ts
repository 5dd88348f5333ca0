import { describe, expect, it } from "vitest";
import { type NameContext, readUserNames, resolveName } from "../../../src/ecosystems/nix/foreign-name.ts";
import {
  isAttributePath,
  namesOf,
  namespaces,
  nameTableRevision,
  roleOf,
} from "../../../src/ecosystems/nix/name-table.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";

const onLinux: NameContext = { system: "x86_64-linux", features: [], userNames: new Map(), why: "a test" };

function attributesOf(name: string, context: Partial<NameContext> = {}): readonly string[] {
  const meaning = resolveName(name, { ...onLinux, ...context });
  return meaning.kind === "attributes" ? meaning.attributes : [];
}

function errorOf(name: string): EnkiError {
  try {
    resolveName(name, onLinux);
  } catch (error) {
    if (error instanceof EnkiError) return error;
    throw error;
  }
  throw new Error(`${name} was expected to be unmapped`);
}

describe("the name table", () => {
  it.each(namespaces)("%s holds well-formed lines, sorted, with attributes that are paths", (namespace) => {
    const names = [...namesOf(namespace)];
    expect(names.length).toBeGreaterThan(3);
    expect(names.map(([name]) => name)).toEqual(names.map(([name]) => name).toSorted());
    const malformed = names.filter(([, meaning]) =>
      meaning.kind === "attributes"
        ? meaning.attributes.length === 0 ||
          !meaning.attributes.every(isAttributePath) ||
          ![undefined, "linux", "darwin"].includes(meaning.systems)
        : meaning.reason.length < 5,
    );
    expect(malformed).toEqual([]);
  });

  it("has a revision", () => expect(nameTableRevision()).toMatch(/^\d{4}-\d\d-\d\d$/));

  it.each([
    ["debian:libgmp-dev", ["gmp"]],
    ["debian:cargo", ["cargo", "rustc"]],
    ["debian:libc6-dev", []],
    ["attr:openssl", ["openssl"]],
    ["openssl", ["openssl"]],
    ["xorg.libX11", ["xorg.libX11"]],
    ["attr:samplerate", ["libsamplerate"]],
    ["attr:findutils", []],
    ["pkg-config:libssl", ["openssl"]],
    ["crate:openssl-sys", ["openssl"]],
    ["links:openssl", ["openssl"]],
    ["links:ring_core_0_17_14", []],
    ["__proto__", ["__proto__"]],
    ["constructor", ["constructor"]],
    ["dep:generic/openssl", ["openssl"]],
    ["dep:dep:generic/openssl@>=3", ["openssl"]],
    ["dep:dep:virtual/compiler/c", ["gcc"]],
    ["dep:virtual:compiler/rust", ["rustc", "cargo"]],
  ])("%s means %j", (name, expected) => {
    expect(attributesOf(name)).toEqual(expected);
  });

  it("heeds features: a vendored copy needs nothing, an optional one only when it is on", () => {
    expect(attributesOf("crate:openssl-sys", { features: ["vendored"] })).toEqual([]);
    expect(attributesOf("links:sqlite3", { features: ["bundled"] })).toEqual([]);
    expect(attributesOf("crate:rdkafka-sys")).toEqual([]);
    expect(attributesOf("crate:rdkafka-sys", { features: ["dynamic-linking"] })).toEqual(["rdkafka"]);
  });

  it("heeds systems", () => {
    expect(attributesOf("crate:alsa-sys")).toEqual(["alsa-lib"]);
    expect(attributesOf("crate:alsa-sys", { system: "aarch64-darwin" })).toEqual([]);
  });

  it("knows tools of the build from libraries", () => {
    expect(roleOf("cmake")).toBe("native");
    expect(roleOf("gmp")).toBe("link");
    expect(roleOf("openssl")).toBe("both");
    const meaning = resolveName("crate:openssl-sys", onLinux);
    expect(meaning.kind === "attributes" ? [...meaning.environment] : []).toEqual([["OPENSSL_NO_VENDOR", "1"]]);
  });

  it("answers an unmapped name with the very line to add", () => {
    const error = errorOf("debian:libnothing-dev");
    expect(error.code).toBe("unmapped-system-dependency");
    expect(error.message).toBe('no nixpkgs attribute is known for the Debian package "libnothing-dev" (a test)');
    expect(error.hint).toContain('[nixpkgs.names]\n"debian:libnothing-dev" = "attribute"');
    expect(error.hint).toContain("sdpa");
  });

  it("says why a known name has no package", () => {
    expect(errorOf("debian:sdpa").message).toContain("SDPA is not packaged");
  });

  it("lets the user's own table win, in both directions", () => {
    const userNames = readUserNames({
      "debian:sdpa": "mySdpa",
      "debian:libgmp-dev": { none: "bundled" },
      "crate:odd-sys": ["a", "b.c"],
    });
    expect(attributesOf("debian:sdpa", { userNames })).toEqual(["mySdpa"]);
    expect(attributesOf("debian:libgmp-dev", { userNames })).toEqual([]);
    expect(attributesOf("crate:odd-sys", { userNames })).toEqual(["a", "b.c"]);
    expect(() => readUserNames({ "debian:x": 5 })).toThrow(/no attribute/);
    expect(() => readUserNames({ "debian:x": "${evil}" })).toThrow(/no attribute/);
  });

  it.each(["links:noSuchLibrary", "crate:no-such-sys", "a b", "${x}", "a..b", "9a", ""])(
    "refuses %j by name",
    (name) => {
      expect(errorOf(name).code).toBe("unmapped-system-dependency");
    },
  );

  it("knows no toolchain beyond its list", () => {
    expect(resolveName("tool:python", onLinux)).toEqual({ kind: "tool", tool: "python" });
    expect(() => resolveName("tool:ghc", onLinux)).toThrow(/not a toolchain/);
  });
});
