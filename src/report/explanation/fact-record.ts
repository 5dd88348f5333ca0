import type { Fact } from "../../solver/derivation.ts";
import type { Phrases } from "./phrases.ts";
import { type ReasonDetails, reasonDetails, reasonKind } from "./reason-fields.ts";

/** A fact of a proof as data, in the names that readers know. */
export type FactRecord =
  | { readonly kind: "root" }
  | {
      readonly kind: "requires" | "constrains" | "same";
      readonly ecosystem: string;
      readonly package: string;
      readonly versions?: string;
      readonly on: { readonly ecosystem: string; readonly package: string; readonly range: string };
    }
  | {
      readonly kind: "unavailable" | "missing";
      readonly ecosystem: string;
      readonly package: string;
      readonly versions?: string;
      /** The source's own kind of reason (`yanked`, `not-found` …) and its words and numbers. */
      readonly reason?: string;
      readonly details?: ReasonDetails;
    };

/** Puts a fact into a record. */
export function factRecord(fact: Fact, phrases: Phrases): FactRecord {
  const { narrator } = phrases;
  switch (fact.kind) {
    case "root":
      return { kind: "root" };
    case "dependency": {
      const { dependency, dependent, versions } = fact;
      const words = phrases.versions(dependent, versions);
      return {
        kind: dependency.kind,
        ecosystem: narrator.describe(dependent).ecosystem,
        package: phrases.label(dependent),
        ...(words === "" ? {} : { versions: words }),
        on: {
          ecosystem: narrator.describe(dependency.package).ecosystem,
          package: phrases.label(dependency.package),
          range: phrases.requirementText(fact),
        },
      };
    }
    default: {
      const kind = reasonKind(fact.reason);
      const details = reasonDetails(fact.reason);
      const words = fact.kind === "missing" ? "" : phrases.versions(fact.package, fact.versions);
      return {
        kind: fact.kind,
        ecosystem: narrator.describe(fact.package).ecosystem,
        package: phrases.label(fact.package),
        ...(words === "" ? {} : { versions: words }),
        ...(kind === undefined ? {} : { reason: kind }),
        ...(Object.keys(details).length === 0 ? {} : { details }),
      };
    }
  }
}
