import { readFileSync } from "node:fs";
import type { JsonObject } from "../../src/model/json.ts";
import type { Resolution } from "../../src/model/resolution.ts";
import { attributeOf, edgeOf, npmPackage, resolutionOf, rootOf } from "./sample.ts";

interface Fact {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly hasInstallScript?: boolean;
}

const file = new URL("../../fixtures/nix-emit/web-service.json", import.meta.url);
const { packages: facts } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly packages: readonly (Fact & JsonObject)[];
};

/** express, esbuild, @swc/core and sharp as npm places them: 135 packages, most of them for one platform only. */
export function webService(registry = "https://npm.example/", systems?: readonly string[]): Resolution {
  const placed = facts.map((fact) => {
    const { path, version, integrity, name, ...details } = fact;
    const { package: package_, instance } = npmPackage(`web/${path}`, version, details, integrity);
    const [artifact] = package_.artifacts;
    const base = name.slice(name.lastIndexOf("/") + 1);
    const url = `${registry}${name}/-/${base}-${version}.tgz`;
    return { package: { ...package_, artifacts: artifact === undefined ? [] : [{ ...artifact, url }] }, instance };
  });
  const root = rootOf("npm", "web/package.json", { name: "web", version: "1.0.0" });
  const node = attributeOf("nodejs_20", "20.18.1", ["native"], "node");
  return resolutionOf({
    roots: [root],
    packages: [node, ...new Map(placed.map((one) => [one.package.id, one.package])).values()],
    instances: placed.map(({ instance }) => instance),
    edges: placed.map((one) => edgeOf(root.id, one.package.id)),
    ...(systems === undefined ? {} : { systems }),
  });
}
