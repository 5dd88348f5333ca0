import { expect, test } from "vitest";
import { editCargoToml } from "../../../../src/ecosystems/cargo/manifest/edit-manifest.ts";
import type { AddedRequirement } from "../../../../src/model/manifest-edit.ts";

const serde: AddedRequirement = { name: "serde", range: "1.0.200", group: "runtime", features: [] };
const head = '[package]\nname = "x"\n\n';
const edit = (text: string, added: readonly AddedRequirement[], removed: readonly string[] = []): string =>
  editCargoToml("Cargo.toml", `${head}${text}`, { added, removed }).slice(head.length);

test.each([
  ["no table", "", serde, '\n[dependencies]\nserde = "1.0.200"\n'],
  [
    "sorted in",
    '[dependencies]\na = "1" # why\nz = "1"\n',
    serde,
    '[dependencies]\na = "1" # why\nserde = "1.0.200"\nz = "1"\n',
  ],
  ["replaced", '[dependencies]\nserde = "1"\n', serde, '[dependencies]\nserde = "1.0.200"\n'],
  [
    "its features stay",
    '[dependencies]\nserde = { version = "1", features = ["derive"] } # c\n',
    serde,
    '[dependencies]\nserde = { version = "1.0.200", features = ["derive"] } # c\n',
  ],
  [
    "a table of its own",
    '[dependencies.serde]\nversion = "1"\nfeatures = ["a"]\n',
    { ...serde, features: ["derive"] },
    '[dependencies.serde]\nversion = "1.0.200"\nfeatures = ["derive"]\n',
  ],
  [
    "features",
    "[dependencies]\n",
    { ...serde, features: ["derive", "rc"] },
    '[dependencies]\nserde = { version = "1.0.200", features = ["derive", "rc"] }\n',
  ],
  [
    "optional",
    "[dependencies]\n",
    { ...serde, group: "optional" as const },
    '[dependencies]\nserde = { version = "1.0.200", optional = true }\n',
  ],
  ["dev", "", { ...serde, group: "dev" as const }, '\n[dev-dependencies]\nserde = "1.0.200"\n'],
])("a requirement is added: %s", (_name, before, requirement, after) => {
  expect(edit(before, [requirement])).toBe(after);
});

test("a requirement is removed from every table", () => {
  const text =
    '[dependencies]\na = "1"\nserde = "1"\n\n[dev-dependencies]\nserde = { version = "1" }\n\n[build-dependencies.serde]\nversion = "1"\n';
  expect(edit(text, [], ["serde"])).toBe('[dependencies]\na = "1"\n\n[dev-dependencies]\n');
});

test("what would change the meaning of a manifest is refused", () => {
  expect(() => edit('[dependencies]\nserde = { path = "../serde" }\n', [serde])).toThrow('path = "../serde"');
  expect(() => edit("[dependencies]\nserde.workspace = true\n", [serde])).toThrow("workspace = true");
  const inline = 'dependencies = { a = "1" }\n[package]\nname = "x"\n';
  expect(() => editCargoToml("Cargo.toml", inline, { added: [serde], removed: [] })).toThrow("written inline");
  expect(() => editCargoToml("Cargo.toml", "[workspace]\n", { added: [serde], removed: [] })).toThrow("of a workspace");
});
