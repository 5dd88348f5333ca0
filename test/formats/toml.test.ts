import { describe, expect, it } from "vitest";

import { parseTomlDocument } from "../../src/formats/toml.ts";

const manifest = `# a comment with [brackets] and = signs
title = "x # not a comment"

[package]
name = "demo"
"quoted key" = 'literal'
authors = [
  "one", # first
  "two",
]

[dependencies]
serde = { version = "1.0", features = ["derive", "rc"] }
rand.version = "0.8"
"weird.name" = "2"

[target.'cfg(unix)'.dependencies]
libc = "0.2"

[[bin]]
name = "a"

[[bin]]
name = "b"
[bin.extra]
deep = 1
[[bin.rows]]
x = """
multi
line"""
[[bin.rows]]
x = '''it''s'''''
`;

function readOrFail(text: string) {
  const { document, diagnostics } = parseTomlDocument("Cargo.toml", text);
  expect(diagnostics).toEqual([]);
  if (document === undefined) throw new Error("no document");
  return document;
}

describe("the places of a TOML document", () => {
  const document = readOrFail(manifest);
  const lines = manifest.split("\n");
  const shown = (path: readonly (string | number)[], part?: "key" | "value") => {
    const origin = document.originOf(path, part);
    if (origin?.line === undefined || origin.column === undefined) return undefined;
    const line = lines[origin.line - 1] ?? "";
    return `${origin.line}: ${line.slice(origin.column - 1, origin.column - 1 + (origin.length ?? 0))}`;
  };

  it.each<[readonly (string | number)[], string, string | undefined]>([
    [["title"], `2: "x # not a comment"`, "2: title"],
    [["package"], "4: package", "4: package"],
    [["package", "quoted key"], "6: 'literal'", `6: "quoted key"`],
    [["package", "authors"], "7: [", "7: authors"],
    [["package", "authors", 1], `9: "two"`, undefined],
    [["dependencies", "serde"], `13: { version = "1.0", features = ["derive", "rc"] }`, "13: serde"],
    [["dependencies", "serde", "version"], `13: "1.0"`, "13: version"],
    [["dependencies", "serde", "features", 1], `13: "rc"`, undefined],
    [["dependencies", "rand"], "14: rand", "14: rand"],
    [["dependencies", "rand", "version"], `14: "0.8"`, "14: version"],
    [["dependencies", "weird.name"], `15: "2"`, `15: "weird.name"`],
    [["target", "cfg(unix)", "dependencies"], "17: target.'cfg(unix)'.dependencies", "17: dependencies"],
    [["target", "cfg(unix)", "dependencies", "libc"], `18: "0.2"`, "18: libc"],
    [["bin"], "20: bin", "20: bin"],
    [["bin", 0, "name"], `21: "a"`, "21: name"],
    [["bin", 1], "23: bin", "23: bin"],
    [["bin", 1, "name"], `24: "b"`, "24: name"],
    [["bin", 1, "extra", "deep"], "26: 1", "26: deep"],
    [["bin", 1, "rows", 0, "x"], `28: """`, "28: x"],
    [["bin", 1, "rows", 1, "x"], "32: '''it''s'''''", "32: x"],
  ])("%j", (path, value, key) => {
    expect(shown(path)).toBe(value);
    expect(shown(path, "key")).toBe(key);
  });

  it("has none for what is not there", () => {
    expect(document.originOf(["dependencies", "absent"])).toBeUndefined();
    expect(document.originOf(["bin", 2])).toBeUndefined();
  });

  it("gives the line text without its line end", () => {
    expect(readOrFail("a = 1\r\nb = 2\r\n").lineText(1)).toBe("a = 1");
    expect(document.lineText(999)).toBe("");
  });
});

describe("the value of a TOML document", () => {
  it("is plain data with dates and large integers as text", () => {
    const { value } = readOrFail(
      "\uFEFFbig = 9_007_199_254_740_993\nhuge = 99999999999999999999999\nday = 1979-05-27\nmoment = 1979-05-27T00:32:00-07:00\nlocal = 1979-05-27T07:32:00\nsmall = 12\nlist = [[1, 2], ['a']]\nat = 07:32:00",
    );
    expect(value).toEqual({
      big: "9007199254740993",
      huge: "99999999999999999999999",
      day: "1979-05-27",
      at: "07:32:00.000",
      moment: "1979-05-27T07:32:00.000Z",
      local: "1979-05-27T07:32:00.000",
      small: 12,
      list: [[1, 2], ["a"]],
    });
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  it("keeps names that objects inherit, and pollutes nothing", () => {
    const before = Object.getOwnPropertyNames(Object).length;
    const { value } = readOrFail(
      '[constructor]\ny = "toString constructor"\n[constructor.prototype]\npolluted = 1\n[toString.x]\na = 1\n[__proto__]\npolluted = true\n[a]\n"\\u0063onstructor" = 3\nregex = \'[\\u0041-\\u005A]\'\n["\\U00000063onstructor2"]\nz = "\\u0041"\n',
    );
    expect(Object.keys(value ?? {}).toSorted()).toEqual(["__proto__", "a", "constructor", "constructor2", "toString"]);
    expect(JSON.parse(JSON.stringify(value))).toEqual(
      JSON.parse(
        '{"constructor":{"y":"toString constructor","prototype":{"polluted":1}},"toString":{"x":{"a":1}},"__proto__":{"polluted":true},"a":{"constructor":3,"regex":"[\\\\u0041-\\\\u005A]"},"constructor2":{"z":"A"}}',
      ),
    );
    expect(Object.hasOwn(Object, "y")).toBe(false);
    expect(Object.getOwnPropertyNames(Object)).toHaveLength(before);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("pollutes nothing through a header with an escaped name", () => {
    parseTomlDocument(
      "x.toml",
      '["\\u0063onstructor"]\nspoiled = 1\n["\\U00000063onstructor".prototype]\npolluted = 1\n',
    );
    expect(Reflect.get(Object, "spoiled")).toBeUndefined();
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

function only(text: string) {
  const { document, diagnostics } = parseTomlDocument("enki.toml", text);
  expect(document).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  return diagnostics[0];
}

describe("errors in TOML", () => {
  it("name the file, the line, the column and show the line", () => {
    expect(only("a = 1\nb = = 2\nc = 3\n")).toMatchObject({
      code: "toml-syntax",
      severity: "error",
      origin: { file: "enki.toml", line: 2, column: 5 },
      sourceLine: "b = = 2",
    });
  });

  it("stay inside the text when it ends too early", () => {
    expect(only('a = "abc')).toMatchObject({ origin: { line: 1, column: 9, length: 0 }, sourceLine: 'a = "abc' });
  });

  it("put the original words into the message", () => {
    expect(only("constructor = 1\nconstructor = 2\n")?.message).toBe("Can't redefine existing key");
  });

  it.each(["a = {x = 1,\n y = 2}", "a = {x = 1,}", 'a = "\\e"', 'a = "\\x41"', "a = 07:32"])(
    "TOML 1.1 is not read, and the help says so: %j",
    (text) => {
      expect(only(text)?.help).toMatch(/TOML 1\.0/u);
    },
  );

  it("refuse nesting beyond the limit without a stack overflow", () => {
    expect(only(`a = ${"[".repeat(50_000)}${"]".repeat(50_000)}`)?.code).toBe("toml-nesting");
    expect(only(`a${".a".repeat(5000)} = 1`)?.code).toBe("toml-nesting");
  });

  it("come in linear time on long hostile texts", () => {
    for (const piece of [" ", "[", "'", '"', "a.", "#", "{a=", "\\u0063", "-", "constructor."]) {
      const started = performance.now();
      const { document } = parseTomlDocument("x.toml", `a = ${piece.repeat(100_000 / piece.length)}`);
      document?.originOf(["a"]);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
