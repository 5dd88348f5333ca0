/** What packaging's own tests of lockfiles and dependency groups mean for Enki's: a row in, whether it holds out. */
import { readDependencyGroups } from "../../../src/ecosystems/pypi/manifest/dependency-groups.ts";
import { ManifestProblems } from "../../../src/ecosystems/pypi/manifest/manifest-text.ts";
import { parseSdistName, parseWheelName } from "../../../src/ecosystems/pypi/pep/file-name.ts";
import { isPylockName, readPylock } from "../../../src/ecosystems/pypi/pylock/read-pylock.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import { parseTomlDocument } from "../../../src/formats/toml.ts";
import { same, type Check } from "./packaging-helpers.ts";
import { select, type Asked } from "./pylock-reader.ts";

const hashes = { sha256: "0".repeat(64) };

const linux312: Asked = {
  variables: new Map([
    ["sys_platform", "linux"],
    ["python_version", "3.12"],
    ["python_full_version", "3.12.12"],
  ]),
  rank: (tags) => {
    const rank = tags.findIndex(({ text }) => text === "py3-none-any");
    return rank < 0 ? undefined : rank;
  },
};

function lock(fields: Readonly<Record<string, unknown>>): unknown {
  return { "lock-version": "1.0", "created-by": "pip", packages: [], ...fields };
}

/** What is wrong with a lock; nothing when it breaks no rule. */
function problem(value: unknown): string | undefined {
  try {
    readPylock(value);
    return undefined;
  } catch (error) {
    if (error instanceof EnkiError && error.code === "invalid-lock") return error.message;
    throw error;
  }
}

function archiveProblem(value: unknown): string | undefined {
  return problem(lock({ packages: [{ name: "a", archive: { path: "a-1.tar.gz", hashes: value } }] }));
}

const directory = (name: string, marker?: string): unknown => ({
  name,
  directory: { path: `./${name}` },
  ...(marker === undefined ? {} : { marker }),
});

/** The names and the problems of the groups in a table, as TOML. */
function groups(toml: string): { readonly names: readonly string[]; readonly problems: readonly string[] } {
  const { document } = parseTomlDocument("pyproject.toml", toml);
  if (document === undefined) throw new Error(toml);
  const problems = new ManifestProblems("pyproject.toml", () => "");
  const value = JSON.parse(JSON.stringify(document.value)) as Record<string, unknown>;
  const { requirements } = readDependencyGroups(value["dependency-groups"], document, problems);
  return {
    names: requirements.filter(({ group }) => group === "asking").map(({ requirement }) => requirement.name),
    problems: problems.diagnostics.map(({ code }) => code),
  };
}

function tomlOf(item: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(item)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .join(", ")} }`;
}

const refusesItem: Check = (item) => {
  const found = groups(`[dependency-groups]\ntesting = ["a"]\nasking = ["b", ${tomlOf(item)}]`);
  return same(found, { names: ["b"], problems: ["pypi-invalid-manifest"] });
};

export const pylockChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "test_dependency_groups.test_normalized_name_is_used_for_include_group_lookups",
    (used, declared) => {
      const toml = `[dependency-groups]\n"${declared}" = ["spam"]\nasking = [{ include-group = "${used}" }]`;
      return same(groups(toml), { names: ["spam"], problems: [] });
    },
  ],
  ["test_dependency_groups.test_unknown_object_shape", refusesItem],
  ["test_dependency_groups.test_malformed_group_entries_are_not_cached_on_resolver_instance", refusesItem],

  ["test_pylock.test_pylock_file_name", (name, isValid) => isPylockName(name) === isValid],
  ["test_pylock.test_pylock_version", (version) => problem(lock({ "lock-version": version })) === undefined],
  [
    "test_pylock.test_pylock_unsupported_version",
    (version) => problem(lock({ "lock-version": version }))?.includes("is not supported") === true,
  ],
  [
    "test_pylock.test_dist_filename",
    ({ class: kind, name, path, url }, expected) => {
      const isWheel = kind === "PackageWheel";
      const given = Object.entries({ name, path, url }).filter(([, value]) => value !== null);
      // A name alone is no place: the row is about the name, and any place will do.
      const place = path === null && url === null ? [["path", "elsewhere"]] : [];
      const file = Object.fromEntries([...given, ...place, ["hashes", hashes]]);
      const of = (isWheel ? parseWheelName : parseSdistName)(expected);
      const { packages } = readPylock(
        lock({ packages: [{ name: of?.name, ...(isWheel ? { wheels: [file] } : { sdist: file }) }] }),
      );
      return (isWheel ? packages[0]?.wheels[0] : packages[0]?.sdist)?.fileName === expected;
    },
  ],
  [
    "test_pylock.test_hash_validation",
    (wrong) =>
      archiveProblem(wrong)?.startsWith("packages[0].archive.hashes: ") === true &&
      archiveProblem(hashes) === undefined,
  ],
  [
    "test_pylock_select.test_lock_no_matching_env",
    (environments) => {
      const read = readPylock(lock({ environments, packages: [directory("a")] }));
      try {
        select(read, linux312);
        return false;
      } catch (error) {
        return error instanceof Error && error.message === "not for this environment";
      }
    },
  ],
  [
    "test_pylock_select.test_prefer_sdist_predicate",
    (wheelTag, hasSdist, prefers, expected, isAsked) => {
      const sdist = hasSdist ? { sdist: { path: "foo-1.0.tar.gz", hashes } } : {};
      const wheel = { path: `foo-1.0-${wheelTag}-none-any.whl`, hashes };
      const wheels = wheelTag === null ? {} : { wheels: [wheel] };
      const asked: string[] = [];
      const prefersSdist = (name: string): boolean => asked.push(name) > 0 && prefers;
      const [installed] = select(readPylock(lock({ packages: [{ name: "foo", ...sdist, ...wheels }] })), {
        ...linux312,
        prefersSdist,
      });
      const wanted = expected.endsWith("PackageSdist'") ? "sdist" : "wheel";
      return installed?.from === wanted && same(asked, isAsked ? ["foo"] : []);
    },
  ],
  [
    "test_pylock_select.test_extras_and_groups",
    (extras, groups_, expected) => {
      const read = readPylock(
        lock({
          extras: ["feat1", "feat2"],
          "dependency-groups": ["dev", "docs"],
          "default-groups": ["dev"],
          packages: [
            directory("foo"),
            ...["dev", "docs"].map((name) => directory(`foo-${name}`, `'${name}' in dependency_groups`)),
            ...["feat1", "feat2"].map((name) => directory(`foo-${name}`, `'${name}' in extras`)),
          ],
        }),
      );
      const asked = { ...linux312, extras: extras ?? undefined, groups: groups_ ?? undefined };
      return same(
        select(read, asked).map((one) => one.package.name),
        expected,
      );
    },
  ],
]);
