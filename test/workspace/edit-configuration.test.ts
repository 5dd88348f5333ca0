import { describe, expect, test } from "vitest";
import { setTableText } from "../../src/workspace/edit-configuration.ts";

describe("a setting is changed and nothing else", () => {
  test.each([
    ["an empty file", "", '[nixpkgs]\nrelease = "x"\n'],
    ["another table", "[a]\nb = 1 # c\n", '[a]\nb = 1 # c\n\n[nixpkgs]\nrelease = "x"\n'],
    ["no final line end", "[a]\nb = 1", '[a]\nb = 1\n\n[nixpkgs]\nrelease = "x"\n'],
    ["the key", '[nixpkgs] # why\nrelease = "old" # kept\nz = 1\n', '[nixpkgs] # why\nrelease = "x" # kept\nz = 1\n'],
    ["the table without the key", "[nixpkgs]\n[b]\n", '[nixpkgs]\nrelease = "x"\n[b]\n'],
    ["a literal text", "[nixpkgs]\nrelease = 'old'\n", '[nixpkgs]\nrelease = "x"\n'],
    ["a dotted key", 'nixpkgs.release = "old"\n', 'nixpkgs.release = "x"\n'],
    ["CRLF", "[nixpkgs]\r\nnames = {}\r\n", '[nixpkgs]\r\nnames = {}\r\nrelease = "x"\r\n'],
    ["a byte-order mark", '\uFEFF[nixpkgs]\nrelease = "old"\n', '\uFEFF[nixpkgs]\nrelease = "x"\n'],
  ])("%s", (_name, before, after) => {
    expect(setTableText(before, "nixpkgs", "release", "x")).toBe(after);
  });
});

test("a broken file and an inline table are left alone", () => {
  expect(() => setTableText("[", "nixpkgs", "release", "x")).toThrow("can't be read");
  expect(() => setTableText("nixpkgs = { names = {} }\n", "nixpkgs", "release", "x")).toThrow("written inline");
});
