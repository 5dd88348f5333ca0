/** Which of packaging's tables are checked, and how; and which are not, and why. */
import { formChecks } from "./packaging-form-checks.ts";
import type { Check } from "./packaging-helpers.ts";
import { metadataChecks } from "./packaging-metadata-checks.ts";
import { pylockChecks } from "./packaging-pylock-checks.ts";
import { setChecks } from "./packaging-set-checks.ts";
import { versionChecks } from "./packaging-version-checks.ts";

export const checks: ReadonlyMap<string, Check> = new Map([
  ...versionChecks,
  ...setChecks,
  ...formChecks,
  ...metadataChecks,
  ...pylockChecks,
]);

/** What most of them are about. */
const fields = "a field that decides nothing in a resolution and is in no output";
const running =
  "asks the interpreter, the processor or the C library that run it, and Enki's targets come from a table";

/** Tables to which nothing in Enki answers, by their full names: the number of their rows, and the reason. */
export const unchecked: ReadonlyMap<string, readonly [rows: number, reason: string]> = new Map(
  Object.entries<readonly [number, string]>({
    "test_version.TestVersion.test_non_string_versions_raise_invalid_version": [
      5,
      "arguments of other types than texts",
    ],
    "test_version.TestVersion.test_dunder_op_returns_notimplemented": [6, "operators of Python objects"],
    "test_version.TestVersion.test_compare_other": [2, "operators of Python objects"],
    "test_version.TestVersion.test_base_version_notimplemented_with_non_base_version": [
      6,
      "operators of Python objects",
    ],
    "test_specifiers.TestSpecifier.test_specifier_filter_with_key": [
      3,
      "a callback that takes versions out of other objects",
    ],
    "test_specifiers.TestSpecifierSet.test_specifierset_filter_with_key": [
      3,
      "a callback that takes versions out of other objects",
    ],
    "test_specifiers.TestSpecifierSet.test_empty_specifierset_filter_with_key": [
      3,
      "a callback that takes versions out of other objects",
    ],
    "test_specifiers.TestSpecifierSet.test_set_relations_raise_on_prerelease_policy_mismatch": [
      3,
      "exceptions of methods of Python sets",
    ],
    "test_specifiers.TestSpecifierSet.test_set_relations_require_specifierset": [
      3,
      "exceptions of methods of Python sets",
    ],
    "test_specifiers.TestSpecifierSet.test_set_relations_reject_arbitrary_equality": [
      6,
      "exceptions of methods of Python sets",
    ],
    "test_markers.TestNode.test_accepts_value": [6, "classes of a syntax tree"],
    "test_markers.TestNode.test_str": [2, "classes of a syntax tree"],
    "test_markers.TestNode.test_repr": [2, "classes of a syntax tree"],
    "test_utils.test_parse_wheel_unsorted_tags_invalid_with_validate": [
      2,
      "an option that refuses what the specification allows",
    ],
    "test_metadata.TestRawMetadata.test_keywords": [8, fields],
    "test_metadata.TestRawMetadata.test_project_urls_parsing": [7, fields],
    "test_metadata.TestRawMetadata.test_description": [3, fields],
    "test_metadata.TestRawMetadata.test_description_multiple": [3, fields],
    "test_metadata.TestRawMetadata.test_description_multipart_payload": [2, fields],
    "test_metadata.TestMetadata.test_from_email_wraps_description_content_type_parse_errors": [5, fields],
    "test_metadata.TestMetadata.test_invalid_metadata_version": [
      2,
      "an unknown minor version of the format is accepted, so that a newer one does not hide a release",
    ],
    "test_metadata.TestMetadata.test_invalid_summary": [3, fields],
    "test_metadata.TestMetadata.test_valid_description_content_type": [12, fields],
    "test_metadata.TestMetadata.test_invalid_description_content_type": [7, fields],
    "test_metadata.TestMetadata.test_valid_license_files": [3, fields],
    "test_metadata.TestMetadata.test_invalid_license_files": [6, fields],
    "test_metadata.TestMetadata.test_valid_import_names": [2, fields],
    "test_metadata.TestMetadata.test_invalid_import_names_identifier": [6, fields],
    "test_metadata.TestMetadata.test_invalid_import_names_keyword": [2, fields],
    "test_metadata.TestMetadataWriting.test_headers": [10, "Enki writes no core metadata"],
    "test_metadata.TestMetadataWriting.test_headers_fold_every_line_boundary": [10, "Enki writes no core metadata"],
    "test_tags.TestMacOSPlatforms.test_architectures": [6, running],
    "test_tags.TestMacOSPlatforms.test_arch_detection": [2, running],
    "test_tags.TestManylinuxPlatform.test_linux_platforms_32_64bit_on_64bit_os": [4, running],
    "test_tags.TestManylinuxPlatform.test_linux_platforms_manylinux2014_armhf_abi": [3, running],
    "test_tags.TestManylinuxPlatform.test_linux_platforms_musllinux": [6, running],
    "test_tags.TestManylinuxPlatform.test_linux_platforms_not_manylinux_abi": [2, running],
    "test_tags.test_platform_tags": [5, running],
    "test_tags.TestCPythonABI.test_debug": [3, running],
    "test_tags.TestCPythonABI.test__debug_cp38": [2, running],
    "test_tags.TestCPythonABI.test_pymalloc": [4, running],
    "test_tags.TestCPythonABI.test_wide_unicode": [5, running],
    "test_tags.TestCPythonTags.test_skip_redundant_abis": [3, running],
    "test_tags.TestGenericTags.test__generic_abi_error": [3, running],
    "test_tags.TestGenericTags.test__generic_abi_cpython_missing_version": [2, running],
    "test_tags.TestGenericTags.test_abi_unspecified": [2, running],
    "test_tags.TestSysTags.test_interpreter_name": [4, running],
    "test_tags.TestSysTags.test_linux_platforms_not_manylinux_abi": [2, running],
    "test_tags.TestSysTags.test_linux_use_manylinux_compatible": [2, running],
    "test_tags.TestBitness.test_32bit_interpreter": [3, running],
    "test_musllinux.test_parse_musl_version": [5, running],
    "test_musllinux.test_get_musl_version": [5, running],
  }),
);
