/** What packaging's tests of sets of versions as ranges mean for Enki's: a row in, whether it holds out. */
import { asksForPrereleases } from "../../../src/ecosystems/pypi/pep/prerelease-policy.ts";
import { specifierSetText } from "../../../src/ecosystems/pypi/pep/requirement.ts";
import {
  combineSpecifierSets,
  parseSpecifier,
  specifierSetAdmits,
  type SpecifierSet,
} from "../../../src/ecosystems/pypi/pep/specifier.ts";
import {
  complementRange,
  emptyRange,
  fullRange,
  rangeBetween,
  rangeHas,
  rangesEqual,
  type VersionRange,
} from "../../../src/ecosystems/pypi/pep/version-range.ts";
import { makeVersion, parseVersion, type VersionParts } from "../../../src/ecosystems/pypi/pep/version.ts";
import { filter, same, set, version, type Check } from "./packaging-helpers.ts";

/** Versions on, beside and between the bounds that the rows have, and texts that are none. */
const samples: readonly string[] = `
  0.dev0 0 0.1 0.9 1.0.dev0 1.0.dev1 1.0a1 1.0rc1 1.0 1.0+local 1.0+other 1.0.post1.dev0 1.0.post1
  1.0.post2 1.1.dev1 1.1 1.2.dev0 1.2 1.2.3a1 1.2.3 1.3.dev0 1.4 1.4.2 1.4.3.dev1 1.4.3 1.4.3+local
  1.5.0.dev0 1.5a1 1.5 1.6 2.0.dev0 2.0 2.0.post1 2.0.post2 2.0+local 3.0 3.8.dev0 3.8.dev1 3.8
  3.9.dev0 3.9 3.14.dev0 1!0.dev0 1!0 1!1.0 2!0 2!1.0 2!1.1 2!2.0 foobar 1.0.0
`
  .trim()
  .split(/\s+/);

/** Whether a set admits a version, clause by clause in its own words. */
function admitsByClauses(specifiers: SpecifierSet, text: string): boolean {
  const parsed = version(text);
  return specifiers.specifiers.every(({ operator, versionText, range }) =>
    operator === "===" ? versionText.toLowerCase() === text.toLowerCase() : rangeHas(range, parsed.key),
  );
}

const isVersion = (text: string): boolean => parseVersion(text) !== undefined;

/** The bounds of a set and its clauses agree on every version. */
const containsAlike: Check = (text) =>
  samples
    .filter(isVersion)
    .every(
      (one) =>
        specifierSetAdmits(set(text), version(version(one).text)) === admitsByClauses(set(text), version(one).text),
    );

/** A set is the same after it was written and read again, whatever is said of pre-releases. */
const roundTrips: Check = (text, configured = null) => {
  const again = set(specifierSetText(set(text)));
  return (
    rangesEqual(again.range, set(text).range) &&
    same(filter(specifierSetText(set(text)), configured, null, samples), filter(text, configured, null, samples))
  );
};

/** Two spellings of one set. */
const meansTheSame: Check = (text, expected) =>
  rangesEqual(set(text).range, set(expected).range) &&
  [null, true, false].every((policy) =>
    same(filter(text, policy, null, samples), filter(expected, policy, null, samples)),
  );

/** Reading a clause a second time gives what it gave the first time: what is remembered changes nothing. */
const readsAlike: Check = (text, texts = samples) => {
  const given: readonly string[] = texts;
  const [first, again] = [filter(text, true, null, given), filter(text, true, null, given)];
  const alone = given.flatMap((one) => filter(text, true, null, [one]));
  return same(first, again) && same(first, alone) && roundTrips(text);
};

function digits(value: number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/** The bounds in `<VersionRange '[1.0, 2.0.dev0)'>`. */
function boundsIn(text: string): VersionRange {
  if (text.includes("(empty)")) return emptyRange;
  if (text.includes("(-inf, +inf)")) return fullRange;
  const [, from = "", to = ""] = /'\[(.*), (.*)\)'/.exec(text) ?? [];
  return rangeBetween(version(from).key, version(to).key);
}

export const setChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "test_version.test_from_parts",
    ({ epoch, release, pre, post, dev, local }, expected) => {
      const letters: Record<string, "a" | "b" | "rc"> = { a: "a", b: "b", beta: "b" };
      const parts: VersionParts = {
        epoch: digits(epoch) ?? "0",
        release: release.map(String),
        pre: pre ? { letter: letters[pre[0].toLowerCase()] ?? "rc", number: String(pre[1]) } : undefined,
        post: digits(post),
        dev: digits(dev),
        local: local ?? undefined,
      };
      return makeVersion(parts).text === version(expected).text && makeVersion(parts).key === version(expected).key;
    },
  ],
  ["test_specifiers.TestSpecifierInternal.test_spec_version_cache_consistency", readsAlike],
  ["test_specifiers.TestSpecifierInternal.test_spec_version_cache_with_wildcards", readsAlike],
  ["test_specifiers.TestSpecifierInternal.test_spec_version_cache_with_arbitrary_equality", (text) => readsAlike(text)],
  [
    "test_specifiers.TestSpecifierInternal.test_spec_version_cache_compatible_operator",
    (text, texts) => {
      // `~=1.4.2` is `>=1.4.2` within `==1.4.*`.
      const release = text.slice(2);
      const spelled = `>=${release},==${release.split(".").slice(0, -1).join(".")}.*`;
      return readsAlike(text, texts) && same(filter(text, true, null, texts), filter(spelled, true, null, texts));
    },
  ],
  [
    "test_specifiers.TestSpecifierSet.test_specifier_contains_installed_prereleases",
    // What is there already counts as asked for: a lock's pre-release is kept.
    (text, item, configured, given, isInstalled, expected) =>
      (filter(text, configured, isInstalled ? true : given, [item]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_specifiers_str_and_repr",
    (text, expected) => specifierSetText(set(text)) === expected,
  ],
  ["test_specifiers.test_pickle_specifier_roundtrip", (text, policy) => roundTrips(text, policy)],
  ["test_specifiers.test_pickle_specifierset_roundtrip", (text, policy) => roundTrips(text, policy)],
  [
    "test_specifiers.test_specifier_construction_is_lazy",
    // Enki reads a clause at once, and what it knows of it from then on is all there.
    (text) => {
      const parsed = parseSpecifier(text);
      if (!parsed.ok) return false;
      const { operator, versionText, version: own } = parsed.value;
      const isRead = operator === "===" || own !== undefined;
      return isRead && operator + versionText === text && asksForPrereleases(parsed.value) !== true;
    },
  ],
  ["test_specifiers.test_specifierset_construction_is_lazy", (text) => roundTrips(text)],
  ["test_specifiers.TestSpecifierSetToRangeEquivalence.test_contains_equivalent", containsAlike],
  ["test_specifiers.TestSpecifierSetToRangeEquivalence.test_contains_equivalent_with_version_objects", containsAlike],
  [
    "test_specifiers.TestSpecifierSetToRangeEquivalence.test_filter_equivalent",
    (text, configured) => {
      const admitted = samples.filter((one) =>
        isVersion(one) ? admitsByClauses(set(text), one) : filter(text, true, null, [one]).length === 1,
      );
      // What the clauses admit is what is chosen from.
      return same(filter(text, configured, null, samples), filter(text, configured, null, admitted));
    },
  ],
  ["test_specifiers.TestSpecifierSetToRangeEquivalence.test_to_specifier_set_roundtrip_matches", roundTrips],
  ["test_requirements.test_pickle_requirement_preserves_prereleases", (policy) => roundTrips(">=1.0,<2.0", policy)],

  ["test_ranges.TestEquality.test_repr", (text, expected) => rangesEqual(set(text).range, boundsIn(expected))],
  [
    "test_ranges.TestToSpecifierSet.test_roundtrip",
    (text) =>
      roundTrips(text) &&
      rangesEqual(complementRange(complementRange(set(text).range)), set(text).range) &&
      rangesEqual(combineSpecifierSets(set(text), set(specifierSetText(set(text)))).range, set(text).range),
  ],
  [
    "test_ranges.TestToSpecifierSet.test_dev0_span_roundtrips_every_policy",
    (policy) => roundTrips(">=3.8.dev0,<3.14", policy) && meansTheSame(">=3.8.dev0,<3.14", "<3.14.dev0,>=3.8.dev0"),
  ],
  ["test_ranges.TestToSpecifierSet.test_prerelease_free_recovery_spelling", meansTheSame],
  ["test_ranges.TestToSpecifierSet.test_epoch_zero_family_floor_roundtrips", meansTheSame],
]);
