/** The rule of PEP 440 on pre-releases, as pip applies it: "Handling of pre-releases". */
import { rangeHas } from "./version-range.ts";
import type { Specifier, SpecifierSet } from "./specifier.ts";
import { isPrerelease, parseVersion } from "./version.ts";

/** Whether a clause names a pre-release and so asks for them; `undefined` when its text is no version. */
export function asksForPrereleases(specifier: Specifier): boolean | undefined {
  if (specifier.operator === "!=" || specifier.isPrefix) return false;
  return specifier.version === undefined ? undefined : isPrerelease(specifier.version);
}

/** Whether a set asks for pre-releases: one of its clauses does. */
export function setAsksForPrereleases(set: SpecifierSet): boolean {
  return set.specifiers.some((specifier) => asksForPrereleases(specifier) === true);
}

/**
 * The texts that the set admits, in their order. `prereleases` true or false admits or refuses pre-releases; when
 * absent, they are admitted when a clause asks for them, or when nothing else fulfils the set.
 * Texts that are no versions can fulfil `===` only.
 */
export function filterVersionTexts(set: SpecifierSet, texts: readonly string[], prereleases?: boolean): string[] {
  const policy = prereleases ?? (setAsksForPrereleases(set) ? true : undefined);
  const admitted: { readonly text: string; readonly kind: "final" | "prerelease" | "text" }[] = [];
  for (const text of texts) {
    const version = parseVersion(text);
    if (!set.exactTexts.every((exact) => exact === text.toLowerCase())) continue;
    if (version === undefined) {
      if (set.specifiers.length === set.exactTexts.length) admitted.push({ text, kind: "text" });
    } else if (rangeHas(set.range, version.key)) {
      admitted.push({ text, kind: isPrerelease(version) ? "prerelease" : "final" });
    }
  }
  const includesPrereleases = policy ?? !admitted.some(({ kind }) => kind === "final");
  return admitted.filter(({ kind }) => includesPrereleases || kind !== "prerelease").map(({ text }) => text);
}
