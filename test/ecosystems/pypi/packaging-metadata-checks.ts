/** What packaging's own tests of core metadata and licences mean for Enki's readers: a row in, whether it holds out. */
import { parseMetadata, readHeaders } from "../../../src/ecosystems/pypi/pep/metadata.ts";
import { parseSpecifierSet } from "../../../src/ecosystems/pypi/pep/specifier.ts";
import { readSourceFacts } from "../../../src/ecosystems/pypi/sdist-metadata.ts";
import { parseLicenceExpression } from "../../../src/formats/licence-expression.ts";
import { same, type Check } from "./packaging-helpers.ts";

const header = (field: string): string => field.replaceAll("_", "-");

/** Metadata with nothing but what it must have, and the given lines. */
const metadataWith = (...lines: readonly string[]): string =>
  ["Metadata-Version: 2.4", "Name: a", "Version: 1", ...lines].join("\n");

const licenceIn = (words: string): string | undefined => {
  const metadata = parseMetadata(metadataWith(`License-Expression: ${words}`));
  return "problem" in metadata ? undefined : metadata.licence;
};

/** Whether a source distribution with this PKG-INFO says what it requires without being built. */
async function isStatic(metadataVersion: string, dynamic: string): Promise<boolean> {
  const packageInfo = `Metadata-Version: ${metadataVersion}\nName: a\nVersion: 1\nDynamic: ${dynamic}\n`;
  const { metadata } = await readSourceFacts({
    read: async (path) => (path === "PKG-INFO" ? packageInfo : undefined),
    readAll: async () => new Map(),
  });
  return !("problem" in metadata);
}

const readsBack: Check = (attribute) =>
  same(readHeaders(metadataWith(`${header(attribute)}: Not important`)).at(-1), [header(attribute), "Not important"]);

export const metadataChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "test_metadata.TestRawMetadata.test_non_repeating_fields_only_once",
    (field) => same(readHeaders(`${header(field)}: VaLuE`), [[header(field), "VaLuE"]]),
  ],
  [
    "test_metadata.TestRawMetadata.test_non_repeating_fields_repeated",
    (field) => readHeaders(`${header(field)}: VaLuE\n${header(field)}: other`).length === 2,
  ],
  [
    "test_metadata.TestRawMetadata.test_repeating_fields_only_once",
    (field) => same(readHeaders(`${header(field)}: VaLuE`), [[header(field), "VaLuE"]]),
  ],
  [
    "test_metadata.TestRawMetadata.test_repeating_fields_repeated",
    (field) =>
      same(
        readHeaders(`${header(field)}: VaLuE\n${header(field)}: other`).map(([, value]) => value),
        ["VaLuE", "other"],
      ),
  ],
  [
    "test_metadata.TestMetadata.test_from_email_deduplicates_unparsed_required_fields",
    (text) => !("problem" in parseMetadata(text)),
  ],
  [
    "test_metadata.TestMetadata.test_required_fields_missing",
    (field) => {
      const lines = ["metadata-version: 2.1", "name: a", "version: 1"].filter(
        (line) => !line.startsWith(`${header(field)}:`),
      );
      return "problem" in parseMetadata(lines.join("\n"));
    },
  ],
  [
    "test_metadata.TestMetadata.test_valid_metadata_version",
    (text) => !("problem" in parseMetadata(`Metadata-Version: ${text}\nName: a\nVersion: 1`)),
  ],
  [
    "test_metadata.TestMetadata.test_valid_requires_python",
    (text) => {
      const metadata = parseMetadata(`Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: ${text}`);
      return !("problem" in metadata) && metadata.requiresPython === text && parseSpecifierSet(text).ok;
    },
  ],
  // `Dynamic` came with Metadata 2.2: what older files leave to a build can't be told, so nothing in them is believed.
  ["test_metadata.TestMetadata.test_metadata_version_field_introduction", (text) => isStatic(text, "Obsoletes-Dist")],
  [
    "test_metadata.TestMetadata.test_metadata_version_field_introduction_mismatch",
    async (text) => !(await isStatic(text, "Obsoletes-Dist")),
  ],
  ["test_metadata.TestMetadata.test_disallowed_dynamic", async (field) => !(await isStatic("2.2", field))],
  ["test_metadata.TestMetadata.test_single_value_unvalidated_attribute", readsBack],
  ["test_metadata.TestMetadata.test_multi_value_unvalidated_attribute", readsBack],
  [
    "test_metadata.TestMetadata.test_optional_defaults_to_none",
    (field) => {
      const text = metadataWith();
      const metadata = parseMetadata(text);
      if ("problem" in metadata) return false;
      const read = new Map<string, unknown>([
        ["dynamic", metadata.dynamic],
        ["license", metadata.licence],
        ["license_expression", metadata.licence],
        ["provides_extra", metadata.providesExtra],
        ["requires_dist", metadata.requiresDist],
        ["requires_external", metadata.requiresExternal],
        ["requires_python", metadata.requiresPython],
      ]).get(field);
      const isNothing = read === undefined || (Array.isArray(read) && read.length === 0);
      return isNothing && readHeaders(text).every(([name]) => name !== header(field));
    },
  ],
  [
    "test_metadata.TestMetadata.test_valid_license_expression",
    (words, expected) => parseLicenceExpression(words)?.text === expected && licenceIn(words) === expected,
  ],
  [
    "test_metadata.TestMetadata.test_invalid_license_expression",
    // Words that are no expression stay what they are.
    (words) =>
      parseLicenceExpression(words) === undefined && licenceIn(words) === (words === "" ? undefined : words.trim()),
  ],
]);
