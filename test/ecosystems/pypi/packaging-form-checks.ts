/** What packaging's own tests of markers, requirements, names, ranges and tags mean for Enki's: a row in, whether it holds out. */
import { same, set, version, type Check } from "./packaging-helpers.ts";
import { bestRank, compatibleTags, tagRanks } from "../../../src/ecosystems/pypi/pep/compatible-tags.ts";
import { parseSdistName, parseWheelName } from "../../../src/ecosystems/pypi/pep/file-name.ts";
import { MarkerAlgebra } from "../../../src/ecosystems/pypi/pep/marker-algebra.ts";
import { evaluateMarker } from "../../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import { markerText, parseMarker } from "../../../src/ecosystems/pypi/pep/marker.ts";
import { isLegalName, isNormalisedName, normaliseName } from "../../../src/ecosystems/pypi/pep/names.ts";
import { macosBinaryFormats, macosTags } from "../../../src/ecosystems/pypi/pep/platform-tags.ts";
import { filterVersionTexts } from "../../../src/ecosystems/pypi/pep/prerelease-policy.ts";
import { parseRequirement, requirementText } from "../../../src/ecosystems/pypi/pep/requirement.ts";
import { combineSpecifierSets, isUnsatisfiable } from "../../../src/ecosystems/pypi/pep/specifier.ts";
import { parseTagSet } from "../../../src/ecosystems/pypi/pep/tag.ts";
import { rangesEqual } from "../../../src/ecosystems/pypi/pep/version-range.ts";
import { parseVersion } from "../../../src/ecosystems/pypi/pep/version.ts";

const markerParses: Check = (text: string) => {
  const parsed = parseMarker(text);
  if (!parsed.ok) return false;
  const again = parseMarker(markerText(parsed.value));
  return again.ok && same(again.value, parsed.value);
};

function printed(text: string): string | undefined {
  const parsed = parseMarker(text);
  return parsed.ok ? markerText(parsed.value) : undefined;
}

/** Whether two markers hold in the same environments. */
function markersEqual(left: string, right: string): boolean {
  const algebra = new MarkerAlgebra();
  const [one, other] = [left, right].map((text) => {
    const parsed = parseMarker(text);
    return parsed.ok ? algebra.of(parsed.value) : undefined;
  });
  return one !== undefined && one === other;
}

const posix: ReadonlyMap<string, string> = new Map([
  ["os_name", "posix"],
  ["sys_platform", "linux"],
  ["platform_system", "Linux"],
  ["platform_machine", "x86_64"],
  ["platform_release", "6.1.0"],
  ["platform_version", "#1"],
  ["python_version", "3.12"],
  ["python_full_version", "3.12.1"],
  ["implementation_name", "cpython"],
  ["implementation_version", "3.12.1"],
  ["platform_python_implementation", "CPython"],
  ["extra", ""],
]);

const evaluates: Check = (text: string, environment: Record<string, string> | null, expected: boolean) => {
  const parsed = parseMarker(text);
  const variables = new Map([...posix, ...Object.entries(environment ?? {})]);
  return parsed.ok && evaluateMarker(parsed.value, { variables }) === expected;
};

function canonicalRequirement(text: string): unknown {
  const parsed = parseRequirement(text);
  if (!parsed.ok) return { text, ...parsed.problem };
  const { name, extras, specifiers, url, marker } = parsed.value;
  const condition = marker === undefined ? "" : markerText(marker);
  return { name, extras: extras.toSorted(), range: specifiers.range, exact: specifiers.exactTexts, url, condition };
}

const linux = { kind: "manylinux", major: 2, minor: 39, machine: "x86_64" } as const;

const requirementsEqual = (left: string, right: string): boolean =>
  same(canonicalRequirement(left), canonicalRequirement(right));

export const formChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "test_markers.TestNode.test_value_serialize_chooses_quote_delimiter",
    (text, expected) =>
      markerText({
        kind: "compare",
        left: { kind: "text", text },
        operator: "==",
        right: { kind: "text", text: "" },
      }).startsWith(expected),
  ],
  ["test_markers.TestMarker.test_parses_valid", markerParses],
  ["test_markers.TestMarker.test_parses_invalid", (text) => !parseMarker(text).ok],
  [
    "test_markers.TestMarker.test_parses_invalid_trailing_line_break",
    (end) => !parseMarker(`os_name == "posix"${end}`).ok,
  ],
  [
    "test_markers.TestMarker.test_parses_trailing_horizontal_whitespace",
    (end) => parseMarker(`os_name == "posix"${end}`).ok,
  ],
  ["test_markers.TestMarker.test_parses_invalid_malformed_quoted_string", (text) => !parseMarker(text).ok],
  [
    "test_markers.TestMarker.test_str_repr_eq_hash",
    (text, expected) => {
      const parsed = parseMarker(text);
      return parsed.ok && markerText(parsed.value) === expected;
    },
  ],
  ["test_markers.TestMarker.test_evaluates", evaluates],
  ["test_markers.TestMarker.test_parses_pep345_valid", markerParses],
  ["test_markers.TestMarker.test_evaluate_pep345_markers", evaluates],
  ["test_markers.TestMarker.test_parses_setuptools_legacy_valid", markerParses],
  [
    "test_markers.TestMarker.test_extras_and_dependency_groups",
    (variable, expression, expected) => {
      const parsed = parseMarker(expression.replaceAll("{0}", variable));
      const members = new Set(["foo", "bar"]);
      return (
        parsed.ok &&
        evaluateMarker(parsed.value, { variables: new Map(), extras: members, dependencyGroups: members }) === expected
      );
    },
  ],
  [
    "test_markers.TestMarker.test_extras_and_dependency_groups_disallowed",
    (variable) => {
      const parsed = parseMarker(`"foo" in ${variable}`);
      return parsed.ok && evaluateMarker(parsed.value, { variables: posix }) === undefined;
    },
  ],
  [
    "test_markers.TestMarker.test_set_valued_marker_on_lhs_raises_undefined_comparison",
    (variable, operator) => {
      const parsed = parseMarker(`${variable} ${operator} "foo"`);
      return (
        parsed.ok &&
        evaluateMarker(parsed.value, { variables: posix, extras: new Set(), dependencyGroups: new Set() }) === undefined
      );
    },
  ],
  ["test_markers.TestMarker.test_version_like_equality", evaluates],
  ["test_markers.test_pickle_marker_roundtrip", markerParses],
  ["test_markers.TestMarker.test_different_markers_different_hashes", (left, right) => !markersEqual(left, right)],
  [
    "test_markers.TestMarker.test_membership_value_str_normalization",
    (variable) => printed(`"S_P__A_M" in ${variable}`) === `"s-p-a-m" in ${variable}`,
  ],
  [
    "test_markers.TestMarker.test_membership_value_str_normalization_negated",
    (variable) => printed(`"Foo_Bar" not in ${variable}`) === `"foo-bar" not in ${variable}`,
  ],

  [
    "test_requirements.test_basic_valid_requirement_parsing",
    (name, extras, url, specifier, marker, ws) => {
      const parts = [
        name,
        extras.length > 0 ? `[${extras.join(`,${ws}`)}]` : "",
        url === null ? specifier.replaceAll("{ws}", ws) : `@${ws}${url}`,
      ];
      const end = marker === null ? "" : `${url === null ? "" : " "};${marker.replaceAll("{ws}", ws)}`;
      const parsed = parseRequirement(parts.join(ws) + end);
      return (
        parsed.ok &&
        parsed.value.rawName === name &&
        same(parsed.value.extras.toSorted(), extras.map(normaliseName).toSorted()) &&
        (parsed.value.url ?? null) === url
      );
    },
  ],
  ["test_requirements.test_normalized_requirements", (text, expected) => requirementsEqual(text, expected)],
  ["test_requirements.TestRequirementParsing.test_valid_marker", (marker) => parseRequirement(`name; ${marker}`).ok],
  [
    "test_requirements.TestRequirementParsing.test_file_url",
    (url) => {
      const parsed = parseRequirement(`name @ ${url}`);
      return parsed.ok && parsed.value.url === url;
    },
  ],
  [
    "test_requirements.TestRequirementParsing.test_error_when_suffixed_with_line_break",
    (end, text) => !parseRequirement(text + end).ok,
  ],
  [
    "test_requirements.TestRequirementParsing.test_trailing_horizontal_whitespace",
    (end) => parseRequirement(`name>=1${end}`).ok,
  ],
  [
    "test_requirements.TestRequirementParsing.test_error_when_prefix_match_uses_post_release",
    (operator) => !parseRequirement(`name${operator}1.0.post1.*`).ok,
  ],
  [
    "test_requirements.TestRequirementParsing.test_error_when_local_version_label_is_used_incorrectly",
    (operator) => !parseRequirement(`name${operator}1.0+local`).ok,
  ],
  [
    "test_requirements.TestRequirementParsing.test_error_invalid_marker_malformed_quoted_string",
    (text) => !parseRequirement(text).ok,
  ],
  [
    "test_requirements.TestRequirementBehaviour.test_str_and_repr",
    (url, extras, marker) => {
      const text = `name${extras}${url}${marker}`;
      const parsed = parseRequirement(text);
      return parsed.ok && requirementText(parsed.value).replace(/\s+/g, "") === text.replace(/\s+/g, "");
    },
  ],
  ["test_requirements.TestRequirementBehaviour.test_equal_reqs_equal_hashes", requirementsEqual],
  ["test_requirements.TestRequirementBehaviour.test_equivalent_reqs_equal_hashes_unequal_strings", requirementsEqual],
  [
    "test_requirements.TestRequirementBehaviour.test_different_reqs_different_hashes",
    (left, right) => !requirementsEqual(left, right),
  ],
  [
    "test_requirements.test_pickle_requirement_roundtrip",
    (text) => {
      const parsed = parseRequirement(text);
      return parsed.ok && requirementsEqual(text, requirementText(parsed.value));
    },
  ],
  ["test_requirements.test_pickle_requirement_setstate_rejects_invalid_string", (text) => !parseRequirement(text).ok],

  ["test_utils.test_canonicalize_name", (name, expected) => normaliseName(name) === expected],
  ["test_utils.test_canonicalize_name_invalid", (name) => !isLegalName(name)],
  [
    "test_utils.test_is_normalized_name",
    (name, expected) => isNormalisedName(name) === (name === expected) && normaliseName(name) === expected,
  ],
  [
    "test_utils.test_canonicalize_version",
    (text, expected) => (parseVersion(text)?.key ?? text) === (parseVersion(expected)?.key ?? expected),
  ],
  ["test_utils.test_canonicalize_version_no_strip_trailing_zero", (text) => version(text).text === text],
  [
    "test_utils.test_parse_wheel_filename",
    (file, name, text, build, tags) => {
      const wheel = parseWheelName(file);
      const expectedBuild = build.length === 0 ? undefined : { number: build[0], suffix: build[1] };
      return (
        wheel !== undefined &&
        wheel.name === name &&
        wheel.version.text === text &&
        same(wheel.build, expectedBuild) &&
        same(wheel.tags.map((tag) => tag.text).toSorted(), tags.map((tag: string) => tag.split(" ")[0]).toSorted())
      );
    },
  ],
  ["test_utils.test_parse_wheel_invalid_filename", (file) => parseWheelName(file) === undefined],
  ["test_utils.test_parse_wheel_unsorted_tags_valid_by_default", (file) => parseWheelName(file) !== undefined],
  [
    "test_utils.test_parse_sdist_filename",
    (file, name, text) => {
      const sdist = parseSdistName(file);
      return sdist?.name === name && sdist?.version.text === text;
    },
  ],
  ["test_utils.test_parse_sdist_invalid_filename", (file) => parseSdistName(file) === undefined],

  [
    "test_ranges.TestToRange.test_operators",
    (text, inside, outside) => same(filterVersionTexts(set(text), [inside, outside], true), [inside]),
  ],
  [
    "test_ranges.TestFilter.test_intersected_requirement_keeps_opt_in",
    (left, right, items, expected) =>
      same(filterVersionTexts(combineSpecifierSets(set(left), set(right)), items), expected),
  ],
  ["test_ranges.TestSyntheticEmptyGaps.test_is_empty", (text) => set(text).range.length === 0],
  ["test_ranges.TestSyntheticEmptyGaps.test_not_empty", (text) => set(text).range.length > 0],
  [
    "test_ranges.TestSyntheticEmptyGaps.test_intersection_drops_embedded_empty",
    (text, excluded) => filterVersionTexts(set(text), [excluded], true).length === 0,
  ],
  [
    "test_ranges.TestBoundaryCanonicalization.test_equal_and_hash",
    (left, right) => rangesEqual(set(left).range, set(right).range),
  ],
  [
    "test_ranges.TestEmptyMatchesUnsatisfiable.test_prerelease_only_empty_when_policy_excludes",
    (text) => isUnsatisfiable(set(text), { admitsPrereleases: false }),
  ],
  [
    "test_ranges.TestEmptyMatchesUnsatisfiable.test_non_prerelease_bounds_survive",
    (text) => !isUnsatisfiable(set(text), { admitsPrereleases: false }),
  ],

  ["test_tags.TestParseTag.test_empty_component_raises", (text) => parseTagSet(text) === undefined],
  ["test_tags.TestParseTag.test_invalid_interpreter_raises", (text) => parseTagSet(text) === undefined],
  [
    "test_tags.TestParseTag.test_identifier_interpreter_is_valid",
    (text) => parseTagSet(`${text}-none-any`) !== undefined,
  ],
  ["test_tags.TestParseTag.test_invalid_component_count_raises", (text) => parseTagSet(text) === undefined],
  [
    "test_tags.TestMacOSPlatforms.test_binary_formats",
    ([major, minor], machine, expected) => same(macosBinaryFormats(major, minor, machine), expected),
  ],
  [
    "test_tags.TestMacOSPlatforms.test_macos_11",
    (major, minor) => {
      const tags = macosTags(major, minor, "x86_64");
      return (
        tags[0] === `macosx_${major}_0_x86_64` &&
        tags.includes("macosx_11_0_universal2") &&
        tags.includes("macosx_10_16_x86_64") &&
        tags.includes("macosx_10_4_x86_64") &&
        !tags.includes("macosx_10_3_x86_64")
      );
    },
  ],
  [
    "test_tags.TestInterpreterVersion.test_sys_version_info",
    ([major, minor], digits) => compatibleTags({ major, minor }, linux).includes(`py${digits}-none-any`),
  ],
  [
    "test_tags.test_create_compatible_tags_selector",
    (supported, things, expected) => {
      const ranks = tagRanks(supported);
      const usable = things.flatMap((thing: string) => {
        const rank = bestRank(ranks, thing.split("."));
        return rank === undefined ? [] : [{ thing, rank }];
      });
      return same(
        usable
          .toSorted((left: { rank: number }, right: { rank: number }) => left.rank - right.rank)
          .map(({ thing }: { thing: string }) => thing),
        expected,
      );
    },
  ],
  [
    "test_tags.test_pickle_tag_roundtrip",
    (interpreter, abi, platform) =>
      same(parseTagSet(`${interpreter}-${abi}-${platform}`), [
        { interpreter, abi, platform, text: `${interpreter}-${abi}-${platform}` },
      ]),
  ],
]);
