/** What the table `[pypi]` of enki.toml (or flags) may say. */
import type { EcosystemSetting } from "../ecosystem.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { JsonValue } from "../../model/json.ts";
import { normaliseName } from "./pep/names.ts";
import { parseRequirement, type PypiRequirement } from "./pep/requirement.ts";

/** The decoded settings. */
export interface PypiSettings {
  /** Extras of the project itself to resolve; all of them when absent. */
  readonly extras: ReadonlySet<string> | undefined;
  /** Dependency groups to resolve; all of them when absent. */
  readonly groups: ReadonlySet<string> | undefined;
  readonly constraints: readonly PypiRequirement[];
  readonly overrides: readonly PypiRequirement[];
  readonly excludes: ReadonlySet<string>;
  /** Names whose source distributions may not be built; `:all:` for every name. */
  readonly noBuild: ReadonlySet<string>;
  /** Names whose wheels may not be used; `:all:` for every name. */
  readonly noBinary: ReadonlySet<string>;
  /** Pythons besides the service's own that the locks are for: `3.9`, `3.12.4`; each of another minor version. */
  readonly pythons: readonly string[];
  /** `manylinux_2_28`, `musllinux_1_2`, `macosx_13_0`: replaces what the system has by default. */
  readonly platform: string | undefined;
  /** Whether build requirements of source distributions are resolved and locked. */
  readonly locksBuilds: boolean;
  /** Whether upper bounds in requires-python count. */
  readonly checksUpperBounds: boolean;
  readonly indexStrategy: "first-index" | "unsafe-best-match";
  /** Packages for which pre-releases compete with stable versions. */
  readonly prereleasePackages: ReadonlySet<string>;
  /** The only index that a package may come from: its name in the configuration, or its URL. */
  readonly packageIndexes: ReadonlyMap<string, string>;
  /** Requirements of source distributions whose metadata is not static, by name or `name==version`. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
}

/** The settings for documentation and checking. */
export const pypiSettings: readonly EcosystemSetting[] = [
  { name: "extras", type: "strings", summary: "Extras of the project to resolve; all of them by default." },
  { name: "groups", type: "strings", summary: "Dependency groups to resolve; all of them by default." },
  { name: "constraints", type: "strings", summary: "Requirements that narrow a package where it occurs." },
  { name: "overrides", type: "strings", summary: "Requirements that replace all others on the same package." },
  { name: "exclude", type: "strings", summary: "Packages whose requirements are dropped wherever they occur." },
  { name: "no-build", type: "strings", summary: "Packages that may not be built from source, or :all:." },
  { name: "no-binary", type: "strings", summary: "Packages whose wheels may not be used, or :all:." },
  {
    name: "pythons",
    type: "strings",
    summary: "Pythons besides the service's own that pylock.toml and requirements.txt are for as well, such as 3.9.",
  },
  { name: "platform", type: "string", summary: "The platform tag to choose wheels for, such as manylinux_2_28." },
  {
    name: "build-environments",
    type: "string",
    values: ["locked", "none"],
    summary: "Whether the build requirements of source distributions are resolved and locked; locked by default.",
  },
  {
    name: "python-upper-bounds",
    type: "boolean",
    summary: "Whether upper bounds in requires-python count; they are ignored by default.",
  },
  {
    name: "index-strategy",
    type: "string",
    values: ["first-index", "unsafe-best-match"],
    summary: "Whether the first index that knows a package is the only one for it (the default).",
  },
  {
    name: "prerelease-packages",
    type: "strings",
    summary: "Packages whose pre-releases compete with stable versions.",
  },
  { name: "package-indexes", type: "table", summary: "The only index that a package may come from, by package." },
  {
    name: "metadata",
    type: "table",
    summary: "Requirements of source distributions without static metadata, by name or name==version.",
  },
];

/** Decodes the settings. Throws `invalid-configuration` for requirements that can't be read. */
export function readSettings(settings: ReadonlyMap<string, JsonValue>): PypiSettings {
  const names = (key: string): ReadonlySet<string> =>
    new Set(texts(settings.get(key)).map((name) => (name === ":all:" ? name : normaliseName(name))));
  const optionalNames = (key: string): ReadonlySet<string> | undefined => (settings.has(key) ? names(key) : undefined);
  const platform = settings.get("platform");
  return {
    extras: optionalNames("extras"),
    groups: optionalNames("groups"),
    constraints: requirements(settings.get("constraints"), "constraints"),
    overrides: requirements(settings.get("overrides"), "overrides"),
    excludes: names("exclude"),
    noBuild: names("no-build"),
    noBinary: names("no-binary"),
    pythons: pythons(settings.get("pythons")),
    platform: typeof platform === "string" ? platform : undefined,
    locksBuilds: settings.get("build-environments") !== "none",
    checksUpperBounds: settings.get("python-upper-bounds") === true,
    indexStrategy: settings.get("index-strategy") === "unsafe-best-match" ? "unsafe-best-match" : "first-index",
    prereleasePackages: names("prerelease-packages"),
    packageIndexes: new Map(
      tableEntries(settings.get("package-indexes")).flatMap(([name, index]) =>
        typeof index === "string" ? [[normaliseName(name), index] as const] : [],
      ),
    ),
    metadata: new Map(
      tableEntries(settings.get("metadata")).map(([name, value]) => {
        const [project = "", version] = name.split("==");
        const key = version === undefined ? normaliseName(project) : `${normaliseName(project)}==${version.trim()}`;
        return [key, texts(value)];
      }),
    ),
  };
}

function pythons(value: JsonValue | undefined): readonly string[] {
  const minors = new Set<string>();
  return texts(value).map((text) => {
    const [, minor] = /^([0-9]{1,2}\.[0-9]{1,2})(?:\.[0-9]{1,3})?$/.exec(text) ?? [];
    if (minor === undefined || minors.has(minor)) {
      const problem = minor === undefined ? "is no version of Python" : `is a second Python ${minor}`;
      throw new EnkiError("invalid-configuration", `pypi.pythons holds ${JSON.stringify(text)}, which ${problem}`, {
        hint: 'name each minor version once: ["3.9", "3.12"]',
      });
    }
    minors.add(minor);
    return text;
  });
}

function texts(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return typeof value === "string" ? [value] : [];
  return value.flatMap((item: JsonValue) => (typeof item === "string" ? [item] : []));
}

function tableEntries(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function requirements(value: JsonValue | undefined, key: string): readonly PypiRequirement[] {
  return texts(value).map((text) => {
    const parsed = parseRequirement(text);
    if (parsed.ok) return parsed.value;
    throw new EnkiError(
      "invalid-configuration",
      `pypi.${key} holds ${JSON.stringify(text)}: ${parsed.problem.message}`,
    );
  });
}
