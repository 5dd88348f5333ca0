import { expect, it } from "vitest";
import { npmDefaultRegistry } from "../../../src/ecosystems/npm/default-registry.ts";
import { NpmConfiguration } from "../../../src/ecosystems/npm/npm-configuration.ts";

it("falls back to the registry that npm itself knows, over https", () => {
  const { protocol, pathname } = new URL(npmDefaultRegistry());
  expect({ protocol, pathname }).toEqual({ protocol: "https:", pathname: "/" });
  expect(new NpmConfiguration(new Map()).registryFor("x")).toBe(npmDefaultRegistry());
});
