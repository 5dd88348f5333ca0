import { expect, test } from "vitest";
import { editPackageJson } from "../../../src/ecosystems/npm/edit-manifest.ts";
import type { AddedRequirement } from "../../../src/model/manifest-edit.ts";

const plain: AddedRequirement = { name: "ms", range: "^2", group: "runtime", features: [] };
const edit = (text: string, added: readonly AddedRequirement[], removed: readonly string[] = []): string =>
  editPackageJson("package.json", text, { added, removed });

test.each([
  ["an empty object", "{}\n", plain, '{\n  "dependencies": {\n    "ms": "^2"\n  }\n}\n'],
  [
    "tabs, sorted in",
    '{\n\t"dependencies": {\n\t\t"a": "1",\n\t\t"z": "1"\n\t}\n}\n',
    plain,
    '{\n\t"dependencies": {\n\t\t"a": "1",\n\t\t"ms": "^2",\n\t\t"z": "1"\n\t}\n}\n',
  ],
  ["replaced", '{\n  "dependencies": { "ms": "1" }\n}', plain, '{\n  "dependencies": { "ms": "^2" }\n}'],
  [
    "moved to another group",
    '{\n  "dependencies": {\n    "ms": "1"\n  }\n}\n',
    { ...plain, group: "dev" as const },
    '{\n  "devDependencies": {\n    "ms": "^2"\n  }\n}\n',
  ],
  [
    "a new table goes last",
    '{\n  "name": "x",\n  "version": "1.0.0"\n}\n',
    plain,
    '{\n  "name": "x",\n  "version": "1.0.0",\n  "dependencies": {\n    "ms": "^2"\n  }\n}\n',
  ],
  [
    "CRLF",
    '{\r\n  "dependencies": {\r\n    "a": "1"\r\n  }\r\n}\r\n',
    plain,
    '{\r\n  "dependencies": {\r\n    "a": "1",\r\n    "ms": "^2"\r\n  }\r\n}\r\n',
  ],
  [
    "an inherited name",
    "{}",
    { ...plain, name: "constructor" },
    '{\n  "dependencies": {\n    "constructor": "^2"\n  }\n}',
  ],
])("a requirement is added: %s", (_name, before, requirement, after) => {
  expect(edit(before, [requirement])).toBe(after);
});

test("a requirement is removed from every group, an empty table with it", () => {
  const text =
    '{\n  "dependencies": {\n    "a": "1",\n    "ms": "1"\n  },\n  "peerDependencies": {\n    "ms": "1"\n  }\n}\n';
  expect(edit(text, [], ["ms"])).toBe('{\n  "dependencies": {\n    "a": "1"\n  }\n}\n');
  expect(edit(text, [], ["other"])).toBe(text);
});

test("what package.json can't say is refused", () => {
  expect(() => edit("{}", [{ ...plain, features: ["x"] }])).toThrow("no features");
  expect(() => edit("{", [plain])).toThrow("can't be read");
});
