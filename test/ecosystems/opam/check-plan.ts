import type { RegistryCheckPlan } from "../../../src/cli/registry-check/plan.ts";
import type { JsonValue } from "../../../src/model/json.ts";

/** The plan of a check of a local opam repository under the given settings. */
export function checkPlan(repository: string, settings: ReadonlyMap<string, JsonValue>): RegistryCheckPlan {
  return {
    ecosystem: "opam",
    system: "x86_64-linux",
    registries: [{ kind: "path", path: repository }],
    options: { settings: new Map() },
    settings,
    projectDirectory: "/project",
    environmentVariables: {},
    nowMs: 0,
    isOffline: true,
  };
}
