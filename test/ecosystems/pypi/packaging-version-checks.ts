/** What packaging's own tests of versions, specifiers and ranges mean for Enki's primitives: a row in, whether it holds out. */
import { compareBy, filter, same, set, version, type Check } from "./packaging-helpers.ts";
import { asksForPrereleases, filterVersionTexts } from "../../../src/ecosystems/pypi/pep/prerelease-policy.ts";
import {
  combineSpecifierSets,
  isUnsatisfiable,
  parseSpecifier,
  parseSpecifierSet,
} from "../../../src/ecosystems/pypi/pep/specifier.ts";
import { areDisjoint, isSubrange, rangesEqual } from "../../../src/ecosystems/pypi/pep/version-range.ts";
import {
  compareVersions,
  isPrerelease,
  makeVersion,
  parseVersion,
  type Version,
} from "../../../src/ecosystems/pypi/pep/version.ts";

function part(get: (value: Version) => unknown): Check {
  return (text: string, expected: unknown) => same(get(version(text)), expected);
}

const digits = (value: string | undefined): number | null => (value === undefined ? null : Number(value));

const specifierEquality = (isEqual: boolean): Check => {
  return (left: string, right: string, operator: string) => {
    const order = rangesEqual(set(left).range, set(right).range) ? 0 : 1;
    return (compareBy(operator, order) || false) === isEqual;
  };
};

export const versionChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["test_version.TestVersion.test_valid_versions", (text) => parseVersion(text) !== undefined],
  ["test_version.TestVersion.test_invalid_versions", (text) => parseVersion(text) === undefined],
  ["test_version.TestVersion.test_oversized_version_raises_valueerror", (text) => parseVersion(text) === undefined],
  ["test_version.TestVersion.test_normalized_versions", (text, expected) => version(text).text === expected],
  ["test_version.TestVersion.test_version_str_repr", (text, expected) => version(text).text === expected],
  ["test_version.TestVersion.test_version_hash", (text) => version(text).key === version(version(text).text).key],
  ["test_version.TestVersion.test_version_public", part((value) => value.text.split("+")[0])],
  [
    "test_version.TestVersion.test_version_base_version",
    part((value) => makeVersion({ ...value, pre: undefined, post: undefined, dev: undefined, local: undefined }).text),
  ],
  ["test_version.TestVersion.test_version_epoch", part((value) => Number(value.epoch))],
  ["test_version.TestVersion.test_version_release", part((value) => value.release.map(Number))],
  ["test_version.TestVersion.test_version_local", part((value) => value.local ?? null)],
  [
    "test_version.TestVersion.test_version_pre",
    part((value) => (value.pre === undefined ? null : [value.pre.letter, Number(value.pre.number)])),
  ],
  ["test_version.TestVersion.test_version_is_prerelease", part(isPrerelease)],
  ["test_version.TestVersion.test_version_dev", part((value) => digits(value.dev))],
  ["test_version.TestVersion.test_version_is_devrelease", part((value) => value.dev !== undefined)],
  ["test_version.TestVersion.test_version_post", part((value) => digits(value.post))],
  ["test_version.TestVersion.test_version_is_postrelease", part((value) => value.post !== undefined)],
  [
    "test_version.TestVersion.test_comparison_true",
    (left, right, operator) => compareBy(operator, compareVersions(version(left), version(right))),
  ],
  [
    "test_version.TestVersion.test_comparison_false",
    (left, right, operator) => !compareBy(operator, compareVersions(version(left), version(right))),
  ],
  ["test_version.test_pickle_roundtrip", (text) => version(version(text).text).key === version(text).key],

  ["test_specifiers.TestSpecifier.test_specifiers_valid", (text) => parseSpecifier(text).ok],
  ["test_specifiers.TestSpecifier.test_specifiers_invalid", (text) => !parseSpecifier(text).ok],
  [
    "test_specifiers.TestSpecifier.test_specifiers_normalized",
    (text) => parseSpecifier(`~=${text}`).ok || text.includes("+") || version(text).release.length < 2,
  ],
  [
    "test_specifiers.TestSpecifier.test_specifiers_str_and_repr",
    (text, expected) => {
      const parsed = parseSpecifier(text);
      return parsed.ok && parsed.value.operator + parsed.value.versionText === expected;
    },
  ],
  ["test_specifiers.TestSpecifier.test_specifiers_hash", (text) => rangesEqual(set(text).range, set(text).range)],
  ["test_specifiers.TestSpecifier.test_comparison_true", specifierEquality(true)],
  ["test_specifiers.TestSpecifier.test_comparison_false", specifierEquality(false)],
  [
    "test_specifiers.TestSpecifier.test_comparison_canonicalizes",
    (left, right) => rangesEqual(set(left).range, set(right).range),
  ],
  [
    "test_specifiers.TestSpecifier.test_specifiers",
    (text, specifier, expected) => (filterVersionTexts(set(specifier), [text], true).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifier.test_invalid_version",
    (specifier, text, expected) => (filterVersionTexts(set(specifier), [text]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_prereleases_set",
    (text, initial, changed, item, before, after) =>
      (filter(text, initial, null, [item]).length === 1) === before &&
      (filter(text, changed, null, [item]).length === 1) === after,
  ],
  [
    "test_specifiers.TestSpecifier.test_arbitrary_equality",
    (text, specifier, expected) => (filterVersionTexts(set(specifier), [text]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifier.test_arbitrary_equality_normalization",
    (specifier, text, expected) => (filterVersionTexts(set(specifier), [text], true).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_prereleases_detection",
    (text, expected) => {
      const parsed = parseSpecifier(text);
      return parsed.ok && asksForPrereleases(parsed.value) === expected;
    },
  ],
  [
    "test_specifiers.TestSpecifier.test_specifiers_prereleases",
    (text, item, configured, given, expected) => (filter(text, configured, given, [item]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_filter",
    (text, configured, given, items, expected) => same(filter(text, configured, given, items), expected),
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_filter_arbitrary_equality_normalization",
    (text, items, expected) => same(filterVersionTexts(set(text), items), expected),
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_operator_property",
    (text, operator) => {
      const parsed = parseSpecifier(text);
      return parsed.ok && parsed.value.operator === operator;
    },
  ],
  [
    "test_specifiers.TestSpecifier.test_specifier_version_property",
    (text, expected) => {
      const parsed = parseSpecifier(text);
      return parsed.ok && parsed.value.versionText === expected;
    },
  ],
  ["test_specifiers.TestSpecifier.test_length", (text, length) => set(text).specifiers.length === length],
  [
    "test_specifiers.TestSpecifier.test_iteration",
    (text, items) =>
      same(
        set(text)
          .specifiers.map((each) => each.operator + each.versionText)
          .toSorted(),
        items.toSorted(),
      ),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_empty_specifier",
    (text) => filterVersionTexts(set(""), [text], true).length === 1,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_empty_specifier_arbitrary_string",
    (given, items, expected) => same(filter("", null, given, items), expected),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_empty_specifier_ordering_with_arbitrary",
    (items, expected) => same(filterVersionTexts(set(""), items), expected),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_specifier_prereleases_explicit",
    (initial, changed, item, before, after, text) =>
      (filter(text, initial, null, [item]).length === 1) === before &&
      (filter(text, changed, null, [item]).length === 1) === after,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_specifier_filter",
    (text, configured, given, items, expected) => same(filter(text, configured, given, items), expected),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_filter_exclusionary_bridges",
    (text, given, items, expected) => same(filter(text, null, given, items), expected),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_exclusionary_bridges",
    (text, given, item, expected) => (filter(text, null, given, [item]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_rejects_invalid_specifier",
    (text, item) => filterVersionTexts(set(text), [item]).length === 0,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_post_release_boundary_intersection",
    (text, item, expected) => (filterVersionTexts(set(text), [item]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_oversized_version_raises_valueerror",
    (text) => !parseSpecifierSet(text).ok,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_arbitrary_equality_contains",
    (item, text, expected) => (filterVersionTexts(set(text), [item], true).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_contains_arbitrary_equality_normalization",
    (text, item, expected) => (filterVersionTexts(set(text), [item], true).length === 1) === expected,
  ],
  ["test_specifiers.TestSpecifierSet.test_specifiers_hash", (text) => rangesEqual(set(text).range, set(text).range)],
  [
    "test_specifiers.TestSpecifierSet.test_specifiers_combine",
    (left, right, expected) => rangesEqual(combineSpecifierSets(set(left), set(right)).range, set(expected).range),
  ],
  ["test_specifiers.TestSpecifierSet.test_comparison_true", specifierEquality(true)],
  ["test_specifiers.TestSpecifierSet.test_comparison_false", specifierEquality(false)],
  [
    "test_specifiers.TestSpecifierSet.test_comparison_canonicalizes",
    (left, right) => rangesEqual(set(left).range, set(right).range),
  ],
  [
    "test_specifiers.TestSpecifierSet.test_is_subset",
    (left, right, expected) => isSubrange(set(left).range, set(right).range) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_is_superset",
    (left, right, expected) => isSubrange(set(right).range, set(left).range) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_is_disjoint",
    (left, right, expected) => areDisjoint(set(left).range, set(right).range) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_comparison_ignores_local",
    (item, text, expected) => (filterVersionTexts(set(text), [item]).length === 1) === expected,
  ],
  [
    "test_specifiers.TestSpecifierSet.test_arbitrary_equality_is_intersection_preserving",
    (left, right, items) =>
      same(
        filterVersionTexts(combineSpecifierSets(set(left), set(right)), items, true),
        items.filter(
          (item: string) =>
            filterVersionTexts(set(left), [item], true).length === 1 &&
            filterVersionTexts(set(right), [item], true).length === 1,
        ),
      ),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_unsatisfiable",
    (text) => isUnsatisfiable(set(text), { admitsPrereleases: true }),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_satisfiable",
    (text) => !isUnsatisfiable(set(text), { admitsPrereleases: true }),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_unsatisfiable_prereleases_false",
    (text) => isUnsatisfiable(set(text), { admitsPrereleases: false }),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_satisfiable_prereleases_false",
    (text) => !isUnsatisfiable(set(text), { admitsPrereleases: false }),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_post_release_boundary_unsatisfiable",
    (text) => isUnsatisfiable(set(text), { admitsPrereleases: true }),
  ],
  [
    "test_specifiers.TestIsUnsatisfiable.test_contains_identical_across_canonicalization",
    (text, items) =>
      same(
        filterVersionTexts(set(text), items),
        filterVersionTexts(set(text.split(",").toReversed().join(",")), items),
      ),
  ],
  [
    "test_specifiers.test_boundary_closure_short_release",
    (text, item, expected) => (filterVersionTexts(set(text), [item]).length === 1) === expected,
  ],
]);
