import { describe, expect, test } from "vitest";
import { editPythonManifest } from "../../../src/ecosystems/pypi/manifest/edit-manifest.ts";
import type { AddedRequirement } from "../../../src/model/manifest-edit.ts";

const httpx: AddedRequirement = { name: "httpx", range: ">=0.27", group: "runtime", features: [] };

const editProject = (text: string, added: readonly AddedRequirement[], removed: readonly string[] = []): string =>
  editPythonManifest("pyproject.toml", text, { added, removed });

describe("pyproject.toml", () => {
  test.each([
    ["no list", '[project]\nname = "x"\n', httpx, '[project]\nname = "x"\ndependencies = ["httpx>=0.27"]\n'],
    [
      "a list on lines",
      '[project]\ndependencies = [\n  "a", # why\n]\n',
      { ...httpx, features: ["socks", "http2"] },
      '[project]\ndependencies = [\n  "a", # why\n  "httpx[socks,http2]>=0.27",\n]\n',
    ],
    [
      "replaced in its place, whatever the spelling of its name",
      '[project]\ndependencies = ["HTTPX [socks] <1", "b"]\n',
      { ...httpx, range: "*" },
      '[project]\ndependencies = ["httpx", "b"]\n',
    ],
    [
      "for development",
      '[project]\nname = "x"\n',
      { ...httpx, group: "dev" as const },
      '[project]\nname = "x"\n\n[dependency-groups]\ndev = ["httpx>=0.27"]\n',
    ],
  ])("a requirement is added: %s", (_name, before, requirement, after) => {
    expect(editProject(before, [requirement])).toBe(after);
  });

  test("a requirement is removed from dependencies, extras and groups", () => {
    const text =
      '[project]\ndependencies = ["Typing_Extensions>=4", "b"]\n[project.optional-dependencies]\nx = ["typing-extensions"]\n' +
      '[dependency-groups]\ndev = ["typing.extensions"]\nall = [{ include-group = "dev" }, "c"]\n';
    expect(editProject(text, [], ["typing-extensions"])).toBe(
      '[project]\ndependencies = ["b"]\n[project.optional-dependencies]\nx = []\n' +
        '[dependency-groups]\nall = [{ include-group = "dev" }, "c"]\n',
    );
  });

  test("what it can't say is refused", () => {
    expect(() => editProject("[project]\n", [{ ...httpx, group: "optional" }])).toThrow("extras");
    expect(() => editProject('[tool.poetry.dependencies]\na = "1"\n', [httpx])).toThrow("[tool.poetry]");
    expect(() => editProject("[project\n", [httpx])).toThrow("can't be read");
  });
});

const editFile = (text: string, added: readonly AddedRequirement[], removed: readonly string[] = []): string =>
  editPythonManifest("requirements.txt", text, { added, removed });

describe("requirements.txt", () => {
  test.each([
    ["an empty file", "", "httpx>=0.27\n"],
    ["at the end", "-i https://index.example\na==1  # why", "-i https://index.example\na==1  # why\nhttpx>=0.27\n"],
    ["replaced", "a\nHttpx<1 # why\nb\n", "a\nhttpx>=0.27\nb\n"],
    ["with its hashes", "httpx==0.1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nb\n", "httpx>=0.27\nb\n"],
    ["CRLF", "a\r\n", "a\r\nhttpx>=0.27\r\n"],
  ])("a requirement is added: %s", (_name, before, after) => {
    expect(editFile(before, [httpx])).toBe(after);
  });

  test("a requirement is removed; groups are refused", () => {
    expect(editFile("a\nhttpx[socks]>=1; python_version>'3' # c\nb\n", [], ["httpx"])).toBe("a\nb\n");
    expect(() => editFile("", [{ ...httpx, group: "dev" }])).toThrow("no groups");
  });
});
