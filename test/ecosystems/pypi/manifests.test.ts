import { describe, expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { asSpecifiers } from "../../../src/ecosystems/pypi/manifest/poetry-table.ts";
import type { ManifestReading } from "../../../src/model/manifest.ts";

function read(file: string, text: string, others: Readonly<Record<string, string>> = {}): ManifestReading {
  const files = {
    readFile: (path: string) => {
      const body = others[path.replace("/project/", "")];
      return body === undefined ? undefined : new TextEncoder().encode(body);
    },
    readDirectory: () => undefined,
    kind: () => undefined,
  };
  return pypi.readManifest(file, new TextEncoder().encode(text), { projectDirectory: "/project", files });
}

/** `kind name[features]range ; condition @line:column` of every requirement. */
function shown({ manifest }: ManifestReading): readonly string[] | undefined {
  return manifest?.requirements.map(({ kind, name, features = [], range, condition, origin }) => {
    const extras = features.length === 0 ? "" : `[${features.join(",")}]`;
    const where = `${origin.line ?? 0}:${origin.column ?? 0}`;
    return `${kind} ${name}${extras}${range}${condition === undefined ? "" : ` ; ${condition}`} @${where}`;
  });
}

describe("pyproject.toml", () => {
  test("project, extras, groups, with their places", () => {
    const reading = read(
      "bot/pyproject.toml",
      `[project]
name = "My.Bot"
version = "1.2"
requires-python = ">=3.10"
dependencies = [
  "Requests[socks] >= 2.8, < 3",
  "tomli; python_version < '3.11'",
]
[project.optional-dependencies]
all = ["my-bot[fast]"]
fast = ["uvloop"]
[dependency-groups]
dev = ["pytest", { include-group = "Lint" }]
lint = ["ruff==0.5"]
`,
    );
    expect(reading.diagnostics).toEqual([]);
    expect(shown(reading)).toEqual([
      "runtime requests[socks]>= 2.8, < 3 @6:3",
      'runtime tomli ; python_version < "3.11" @7:3',
      "optional uvloop @11:9",
      "optional uvloop @11:9",
      "dev pytest @13:8",
      "dev ruff==0.5 @14:9",
      "dev ruff==0.5 @14:9",
    ]);
    expect(reading.manifest).toMatchObject({
      name: "My.Bot",
      version: "1.2",
      foreign: [{ ecosystem: "nix", name: "tool:python", range: ">=3.10", rangeSyntax: "pypi", origin: { line: 4 } }],
    });
  });

  test("a bad requirement is underlined where it is wrong", () => {
    const { manifest, diagnostics } = read(
      "pyproject.toml",
      '[project]\nname = "a"\ndependencies = ["b", "c >=1.0,=2"]\n',
    );
    expect(manifest).toBeUndefined();
    expect(diagnostics).toMatchObject([
      {
        code: "pypi-invalid-requirement",
        severity: "error",
        origin: { file: "pyproject.toml", line: 3, column: 31 },
        sourceLine: 'dependencies = ["b", "c >=1.0,=2"]',
      },
    ]);
  });

  test.each([
    ["a circle", 'a = [{include-group = "b"}]\nb = [{include-group = "a"}]', "pypi-group-cycle"],
    ["an unknown group", 'a = [{include-group = "b"}]', "pypi-unknown-group"],
    ["an unknown shape", "a = [{}]", "pypi-invalid-manifest"],
    ["another key beside", 'a = [{include-group = "b", foo = "bar"}]\nb = []', "pypi-invalid-manifest"],
    ["two names that are one", "foo-bar = []\nfoo_bar = []", "pypi-invalid-manifest"],
    ["no list", 'a = "b"', "pypi-invalid-manifest"],
  ])("groups with %s", (_what, groups, code) => {
    const { manifest, diagnostics } = read("pyproject.toml", `[dependency-groups]\n${groups}\n`);
    expect(manifest).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  test("dynamic dependencies are a warning", () => {
    const { manifest, diagnostics } = read("pyproject.toml", '[project]\nname = "a"\ndynamic = ["dependencies"]\n');
    expect(manifest?.requirements).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "pypi-dynamic-dependencies", severity: "warning" }]);
  });

  test("poetry's table stands in for a missing project", () => {
    const reading = read(
      "pyproject.toml",
      `[tool.poetry]
name = "shop"
version = "0.1"
[tool.poetry.dependencies]
python = "^3.10"
django = "^4.2"
redis = { version = "~5.0", extras = ["hiredis"], python = ">=3.11" }
gunicorn = { version = "*", optional = true }
[tool.poetry.extras]
server = ["gunicorn"]
[tool.poetry.group.dev.dependencies]
pytest = ">=7,<9"
`,
    );
    expect(shown(reading)?.map((line) => line.split(" @")[0])).toEqual([
      "runtime django>=4.2,<5",
      'runtime redis[hiredis]>=5.0,<5.1 ; python_version >= "3.11"',
      "optional gunicorn",
      "dev pytest>=7,<9",
    ]);
    expect(reading.manifest?.foreign).toMatchObject([{ range: ">=3.10,<4" }]);
  });

  test.each([
    ["^1.2.3", ">=1.2.3,<2"],
    ["^0.2.3", ">=0.2.3,<0.3"],
    ["^0.0.3", ">=0.0.3,<0.0.4"],
    ["^0.0", ">=0.0,<0.1"],
    ["^0", ">=0,<1"],
    ["~1.2.3", ">=1.2.3,<1.3"],
    ["~1", ">=1,<2"],
    ["1.*", "==1.*"],
    ["*", ""],
    [">=1,<2", ">=1,<2"],
    ["1.4", "==1.4"],
  ])("poetry's range %s is %s", (range, specifiers) => expect(asSpecifiers(range)).toBe(specifiers));

  test("syntax errors of TOML have their place", () => {
    expect(read("pyproject.toml", "[project] x\n").diagnostics).toMatchObject([
      { severity: "error", origin: { line: 1 } },
    ]);
  });
});

describe("requirements files", () => {
  test("comments, continuations, options, hashes and included files", () => {
    const reading = read(
      "bot/requirements.txt",
      `# a comment
-r more/base.txt
-c limits.txt
--index-url https://pypi.example/simple
--no-binary :all:
requests[socks]>=2 \\
    --hash=sha256:${"0".repeat(64)}
tomli ; python_version < "3.11"  # why
`,
      {
        "bot/more/base.txt": "flask\n-r ../requirements-extra.txt\n",
        "bot/requirements-extra.txt": "six",
        "bot/limits.txt": "flask<3",
      },
    );
    expect(reading.diagnostics).toEqual([]);
    expect(shown(reading)).toEqual([
      "runtime flask @1:1",
      "runtime six @1:1",
      "runtime requests[socks]>=2 @6:1",
      'runtime tomli ; python_version < "3.11" @8:1',
    ]);
    expect(reading.manifest?.requirements.map(({ origin }) => origin.file)).toEqual([
      "bot/more/base.txt",
      "bot/requirements-extra.txt",
      "bot/requirements.txt",
      "bot/requirements.txt",
    ]);
  });

  test.each([
    ["a file that is not there", "-r nowhere.txt", "pypi-missing-file"],
    ["a file that includes itself", "-r requirements.txt", "pypi-include-cycle"],
    ["a path without a name", "./lib", "pypi-unnamed-requirement"],
    ["an editable path", "-e ./lib", "pypi-unnamed-requirement"],
    ["nonsense", "a b c", "pypi-invalid-requirement"],
  ])("%s", (_what, text, code) => {
    const { manifest, diagnostics } = read("requirements.txt", `${text}\n`, { "requirements.txt": text });
    expect(manifest).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, severity: "error", origin: { line: 1 } }]);
  });

  test("an option that means nothing here is a warning", () => {
    expect(read("requirements.txt", "--frobnicate\nsix\n").diagnostics).toMatchObject([
      { code: "pypi-unknown-option", severity: "warning" },
    ]);
  });
});

test("the table of enki.toml", () => {
  const origin = { file: "enki.toml", line: 4, column: 1 };
  const context = {
    projectDirectory: "/project",
    files: { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined },
  };
  const reading = pypi.readDependencyTable(
    [{ name: "matrix-synapse", range: "~=1.157", features: ["postgres"], origin }],
    context,
  );
  expect(reading.manifest?.file).toBe("enki.toml#pypi");
  expect(shown(reading)).toEqual(["runtime matrix-synapse[postgres]~=1.157 @4:1"]);
  const bad = pypi.readDependencyTable([{ name: "a", range: "^1", features: [], origin }], context);
  expect(bad.diagnostics).toMatchObject([{ code: "pypi-invalid-requirement", origin }]);
});

test.each(["pyproject.toml", "requirements.txt", "requirements.in", "requirements-dev.txt"])(
  "%s is a manifest",
  (name) => {
    expect(pypi.isManifest(name)).toBe(true);
  },
);

test.each(["pylock.toml", "setup.py", "requirements", "poetry.lock"])("%s is none", (name) => {
  expect(pypi.isManifest(name)).toBe(false);
});
