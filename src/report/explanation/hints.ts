import type { Narrator } from "../../resolve/narrator.ts";
import type { Derivation, Fact } from "../../solver/derivation.ts";
import type { PackageIndex } from "../../solver/provider.ts";
import type { VersionSet } from "../../solver/version-set.ts";
import type { Phrases } from "./phrases.ts";

/** Something that the reader may not know, and what can be done about it. */
export interface ExplanationHint {
  /** The `kind` of the source's reason (`yanked`, `prerelease`, `too-new` …), `missing`, `unavailable` or `unmatched`. */
  readonly code: string;
  /** The package as explanations name it. */
  readonly package: string;
  /** The versions concerned; absent when the whole package is. */
  readonly versions?: string;
  /** One sentence without a final full stop. */
  readonly text: string;
  /** Further words of the reason that programs may use: near names, cut-off dates, required versions. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What can be done about a reason of a well-known kind; sources of every ecosystem use these words. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["yanked", "require exactly that version to use it all the same, or allow another one"],
  ["prerelease", "allow pre-releases, or name one in the requirement"],
  ["too-new", "a later cut-off date (--exclude-newer) would admit it"],
  ["unknown-time", "the cut-off date can't be applied to it; drop the date or require another version"],
  ["offline", "it is not in the cache; run once without --offline"],
  ["not-cached", "it is not in the cache; run once without --offline"],
  ["not-found", "check the name, and whether its registry is configured"],
  ["missing", "check the name, and whether its registry is configured"],
  ["no-crate", "check the name, and whether its registry is configured"],
  ["unauthorised", "check the credentials of its registry"],
  ["python", "require another python, or an older version of the package"],
  ["engines", "require another toolchain, or an older version of the package"],
  ["rust-version", "require another rustc, or an older version of the package"],
  ["target", "another target system may have it"],
  ["no-file", "no file of it fits the target; another version or target may have one"],
]);

/** The hints that a proof gives rise to: one per reason and package, in the order of the proof. */
export function hintsOf(derivation: Derivation, phrases: Phrases): readonly ExplanationHint[] {
  const { narrator } = phrases;
  const groups = new Map<string, { package_: PackageIndex; reason: unknown; versions: VersionSet | undefined }>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact") continue;
    const { fact } = node;
    if (fact.kind !== "unavailable" && fact.kind !== "missing") continue;
    if (phrases.isSynthetic(fact.package)) continue;
    const versions = fact.kind === "unavailable" ? fact.versions : undefined;
    const key = `${narrator.describe(fact.package).label} ${narrator.describeReason(fact.package, fact.reason)}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { package_: fact.package, reason: fact.reason, versions });
    else if (known.package_ === fact.package && known.versions !== undefined && versions !== undefined) {
      known.versions = known.versions.map((word, index) => word | (versions[index] ?? 0));
    }
  }
  return [...groups.values()].map(({ package_, reason, versions }) =>
    hint(package_, reason, versions, phrases, narrator),
  );
}

function hint(
  package_: PackageIndex,
  reason: unknown,
  versions: VersionSet | undefined,
  phrases: Phrases,
  narrator: Narrator,
): ExplanationHint {
  const code = codeOf(reason) ?? (versions === undefined ? "missing" : "unavailable");
  const subject = versions === undefined ? phrases.label(package_) : phrases.subject(package_, versions);
  const words = phrases.clause(
    versions === undefined
      ? { kind: "missing", package: package_, reason }
      : ({ kind: "unavailable", package: package_, versions, reason } satisfies Fact),
    [],
  ).object;
  const advice = ADVICE.get(code);
  const details = detailsOf(reason);
  return {
    code,
    package: phrases.label(package_),
    ...(versions === undefined ? {} : { versions: narrator.describeVersions(package_, versions) }),
    text: `${subject} ${words}${advice === undefined ? "" : `: ${advice}`}`,
    ...(details === undefined ? {} : { details }),
  };
}

function codeOf(reason: unknown): string | undefined {
  if (typeof reason !== "object" || reason === null || !("kind" in reason)) return undefined;
  return typeof reason.kind === "string" ? reason.kind : undefined;
}

/** The plain words of a structured reason. */
function detailsOf(reason: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof reason !== "object" || reason === null) return undefined;
  const plain = Object.entries(reason).filter(
    ([key, value]) =>
      key !== "kind" &&
      (typeof value === "string" || typeof value === "number" || (Array.isArray(value) && value.every(isString))),
  );
  return plain.length === 0 ? undefined : Object.fromEntries(plain);
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}
