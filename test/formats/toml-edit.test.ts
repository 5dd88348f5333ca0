import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addTomlElement,
  removeTomlElement,
  removeTomlKey,
  setTomlKey,
  tomlString,
} from "../../src/formats/toml-edit.ts";
import { parseTomlDocument } from "../../src/formats/toml.ts";

function valueOf(text: string): unknown {
  const { document, diagnostics } = parseTomlDocument("t.toml", text);
  if (document === undefined) throw new Error(`${JSON.stringify(text)}: ${diagnostics[0]?.message ?? ""}`);
  return JSON.parse(JSON.stringify(document.value));
}

describe("a key is set", () => {
  test.each([
    ["an empty text", "", '[t]\nb = "1"\n'],
    ["another table", "[a]\nx = 1 # c\n", '[a]\nx = 1 # c\n\n[t]\nb = "1"\n'],
    ["no final line end", "[a]\nx = 1", '[a]\nx = 1\n\n[t]\nb = "1"\n'],
    ["its value", '[t] # why\nb = "0" # kept\n', '[t] # why\nb = "1" # kept\n'],
    ["sorted in", "[t]\na = 1\nc = 1\n", '[t]\na = 1\nb = "1"\nc = 1\n'],
    ["last where nothing is sorted", "[t]\nz = 1\nc = 1 # last\n\n[u]\n", '[t]\nz = 1\nc = 1 # last\nb = "1"\n\n[u]\n'],
    ["last among the sorted", "[t]\na = 1", '[t]\na = 1\nb = "1"'],
    ["an empty table", "[t]\n[u]\n", '[t]\nb = "1"\n[u]\n'],
    ["behind a value of several lines", "[t]\na = [\n  1,\n]\n[u]\n", '[t]\na = [\n  1,\n]\nb = "1"\n[u]\n'],
    ["before tables under it", "[t]\na = 1\n\n[t.z]\nq = 1\n", '[t]\na = 1\nb = "1"\n\n[t.z]\nq = 1\n'],
    ["beside a table under it only", "[t.z]\nq = 1\n", '[t.z]\nq = 1\n\n[t]\nb = "1"\n'],
    ["dotted keys", "t.a = 1\nt.c = 2\n", 't.a = 1\nt.b = "1"\nt.c = 2\n'],
    ["an indented table", "[t]\n  a = 1\n", '[t]\n  a = 1\n  b = "1"\n'],
    [
      "a dotted key that is a table",
      "[t]\na.version = 1\na.x = 2\nc = 1\n",
      '[t]\na.version = 1\na.x = 2\nb = "1"\nc = 1\n',
    ],
    ["CRLF", "[t]\r\na = 1\r\n", '[t]\r\na = 1\r\nb = "1"\r\n'],
  ])("%s", (_name, before, after) => {
    expect(setTomlKey(before, ["t"], "b", '"1"', "sorted")).toBe(after);
    expect(valueOf(after)).toMatchObject({ t: { b: "1" } });
  });

  test("last, unless sorting is asked for", () => {
    expect(setTomlKey("[t]\na = 1\nc = 1\n", ["t"], "b", "2")).toBe("[t]\na = 1\nc = 1\nb = 2\n");
  });

  test("dotted keys inside another table", () => {
    expect(setTomlKey("[o]\nt.a = 1\n", ["o", "t"], "b", "2")).toBe("[o]\nt.a = 1\nt.b = 2\n");
  });

  test("names that are no bare keys are quoted", () => {
    expect(setTomlKey("", ["t", "x y"], "a.b", "1")).toBe('[t."x y"]\n"a.b" = 1\n');
    expect(valueOf(`k = ${tomlString('q"\\\u007F\n')}`)).toEqual({ k: 'q"\\\u007F\n' });
  });

  test("an inline table is left alone", () => {
    expect(() => setTomlKey("t = { a = 1 }\n", ["t"], "b", "1")).toThrow("t is written inline");
  });
});

describe("a key is removed", () => {
  test.each([
    ["its line", "[t]\na = 1\nb = 2 # gone\nc = 3\n", "[t]\na = 1\nc = 3\n"],
    ["its lines", "[t]\nb = [\n  1, # one\n]\nc = 3\n", "[t]\nc = 3\n"],
    ["at the end", "[t]\na = 1\nb = 2", "[t]\na = 1\n"],
    ["a table of its own", "[t]\na = 1\n\n[t.b]\nx = 1\n\n# about u\n[u]\n", "[t]\na = 1\n\n# about u\n[u]\n"],
    ["the last table", "[t]\na = 1\n\n[t.b]\nx = 1\n", "[t]\na = 1\n"],
    ["what is not there", "[t]\na = 1\n", "[t]\na = 1\n"],
  ])("%s", (_name, before, after) => {
    expect(removeTomlKey(before, ["t", "b"])).toBe(after);
    expect(JSON.stringify(valueOf(after))).not.toContain('"b"');
  });

  test("an inline table is left alone", () => {
    expect(() => removeTomlKey("t = { a = 1, b = 2 }\n", ["t", "b"])).toThrow("t.b is written inline");
  });
});

describe("an element of an array", () => {
  test.each([
    ["an empty array", "a = []\n", 'a = ["x"]\n'],
    ["on one line", 'a = ["p"] # c\n', 'a = ["p", "x"] # c\n'],
    ["on lines of their own", 'a = [\n  "p",\n  "q", # why\n]\n', 'a = [\n  "p",\n  "q", # why\n  "x",\n]\n'],
    ["without a last comma", 'a = [\n    "p" # why\n]\n', 'a = [\n    "p", # why\n    "x"\n]\n'],
  ])("is added: %s", (_name, before, after) => {
    expect(addTomlElement(before, ["a"], '"x"')).toBe(after);
    expect(valueOf(after)).not.toEqual(valueOf(before));
  });

  test.each([
    ["with its line", 'a = [\n  "p",\n  "x", # why\n  "q",\n]\n', 1, 'a = [\n  "p",\n  "q",\n]\n'],
    ["the last line", 'a = [\n  "p",\n  "x"\n]\n', 1, 'a = [\n  "p",\n]\n'],
    ["the first of a line", 'a = ["x", "p"]\n', 0, 'a = ["p"]\n'],
    ["the last of a line", 'a = ["p", "x"]\n', 1, 'a = ["p"]\n'],
    ["the only one", 'a = ["x"]\n', 0, "a = []\n"],
  ])("is removed: %s", (_name, before, index, after) => {
    expect(removeTomlElement(before, ["a"], index)).toBe(after);
    expect(JSON.stringify(valueOf(after))).not.toContain('"x"');
  });

  test("there must be an array", () => {
    expect(() => addTomlElement('a = "p"\n', ["a"], '"x"')).toThrow("a is no array");
  });
});

test("whatever else a text holds, an edit changes the one thing it was asked to", () => {
  const key = fc.constantFrom("a", "b", "c d", "é", "z");
  const value = fc.constantFrom("1", '"s"', "[1, 2]", "[\n  1, # c\n  2,\n]", "{ x = 1 }", '"""m\nn"""', "true");
  const table = fc
    .tuple(fc.uniqueArray(key, { maxLength: 4 }), fc.array(value, { minLength: 4, maxLength: 4 }), fc.boolean())
    .map(([keys, values, hasComment]) =>
      keys
        .map((name, index) => `${JSON.stringify(name)} = ${values[index] ?? "1"}${hasComment ? " # c" : ""}\n`)
        .join(""),
    );
  const texts = fc
    .tuple(table, table, table)
    .map(([one, two, three]) => `[one]\n${one}\n# about t\n[t]\n${two}\n[t.sub]\n${three}`);
  fc.assert(
    fc.property(texts, key, (text, name) => {
      const before = valueOf(text) as { readonly t: Readonly<Record<string, unknown>> };
      expect(valueOf(setTomlKey(text, ["t"], name, "42"))).toEqual({ ...before, t: { ...before.t, [name]: 42 } });
      const { [name]: _gone, ...rest } = before.t;
      expect(valueOf(removeTomlKey(text, ["t", name]))).toEqual({ ...before, t: rest });
    }),
    { numRuns: 500 },
  );
});
