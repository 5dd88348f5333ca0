import { ecosystems } from "../../../src/ecosystems/index.ts";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import type { RegistryLocation } from "../../../src/ecosystems/ecosystem.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { HttpClient } from "../../../src/net/http-client.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { onlyEcosystem } from "../../../src/resolve/assumed-ecosystem.ts";
import type { RegistryCheck } from "../../../src/resolve/check-registry.ts";
import { diskFiles } from "./disk-files.ts";

/** A check of a local repository under the given settings. */
export function localCheck(repository: string, settings: ReadonlyMap<string, JsonValue>): RegistryCheck {
  const registry: RegistryLocation = { kind: "path", path: repository };
  const http: HttpClient = { fetch: () => Promise.reject(new EnkiError("offline", "no network here")) };
  const known = new Map([...ecosystems.keys()].map((id) => [id, opam]));
  return {
    ecosystem: "opam",
    base: {
      projectDirectory: "/project",
      ecosystems: onlyEcosystem(known, "opam"),
      systems: ["x86_64-linux"],
      registries: new Map([["opam", [registry]]]),
      options: { settings: new Map() },
      settings: new Map([["opam", settings]]),
      http,
      files: diskFiles,
      environmentVariables: {},
      isOffline: true,
      limits: {},
      signal: new AbortController().signal,
    },
    now: () => performance.now(),
    explain: ({ derivation, narrator }) => {
      const { text, steps } = explain(derivation, narrator);
      const facts = steps.flatMap(({ because }) => because).filter(({ kind }) => kind === "fact").length;
      return { text, facts };
    },
  };
}
