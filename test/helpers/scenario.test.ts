import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { registryFiles } from "../../scripts/registry-layouts.mjs";
import { materialiseScenario, parseScenario } from "./scenario.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const text = `
description = "two ecosystems"
[files]
"web/package.json" = '{}'
[registry.npm."@scope/a"."1.0.0"]
dependencies = { b = "^2" }
[registry.npm.b."2.0.0"]
engines = { node = ">=18" }
[registry.pypi.demo."1.0"]
requires = ["six>=1"]
python = ">=3.9"
[registry.cargo.serde."1.0.0"]
dependencies = { serde_derive = "=1.0.0" }
features = { derive = ["dep:serde_derive"] }
[registry.opam.zarith."1.12"]
depends = '["ocaml" {>= "4.04"} "conf-gmp"]'
[registry.opam.conf-gmp."4"]
url = { src = "" }
[expected]
outcome = "resolved"
packages = ["npm:b@2.0.0"]
`;

describe("a scenario", () => {
  it("becomes a project and registries in their native layouts", () => {
    const directory = temporaryDirectory();
    const { projectDirectory, registries } = materialiseScenario(parseScenario("x/y", text), directory);
    const read = (ecosystem: string, path: string) => readFileSync(join(registries.get(ecosystem) ?? "", path), "utf8");
    expect(readFileSync(join(projectDirectory, "web/package.json"), "utf8")).toBe("{}");
    expect(JSON.parse(read("npm", "@scope%2fa.json"))).toMatchObject({
      name: "@scope/a",
      "dist-tags": { latest: "1.0.0" },
      versions: {
        "1.0.0": { dependencies: { b: "^2" }, dist: { tarball: "https://npm.example/@scope/a/-/a-1.0.0.tgz" } },
      },
    });
    expect(JSON.parse(read("pypi", "demo/index.json")).files).toMatchObject([
      { filename: "demo-1.0-py3-none-any.whl", "requires-python": ">=3.9", yanked: false },
    ]);
    expect(read("pypi", "demo/demo-1.0-py3-none-any.whl.metadata")).toContain("\nRequires-Dist: six>=1\n");
    expect(JSON.parse(read("cargo", "se/rd/serde"))).toMatchObject({
      vers: "1.0.0",
      v: 2,
      features2: { derive: ["dep:serde_derive"] },
      deps: [{ name: "serde_derive", req: "=1.0.0", kind: "normal", default_features: true }],
    });
    expect(read("opam", "packages/zarith/zarith.1.12/opam")).toMatch(
      /^opam-version: "2\.0"\ndepends: \["ocaml" \{>= "4\.04"\} "conf-gmp"\]\nurl \{\n {2}src: "/u,
    );
    expect(read("opam", "packages/conf-gmp/conf-gmp.4/opam")).toBe('opam-version: "2.0"\n');
  });

  it("is refused with a mistake in it", () => {
    expect(() => parseScenario("x", text.replace("outcome", "outcomes"))).toThrow(/unknown keys outcomes/u);
    expect(() => parseScenario("x", text.replace('"resolved"', '"solved"'))).toThrow(/"solved"/u);
    expect(() => parseScenario("x", "[[")).toThrow(/toml-syntax/u);
    expect(() => registryFiles("gems", {})).toThrow(/gems/u);
  });

  it("gives the same bytes every time", () => {
    const { registries } = parseScenario("x", text);
    for (const [ecosystem, packages] of registries) {
      expect(registryFiles(ecosystem, packages)).toEqual(registryFiles(ecosystem, packages));
    }
  });
});
