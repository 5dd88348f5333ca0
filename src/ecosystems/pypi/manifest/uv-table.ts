/** The table `[tool.uv]`, as far as it maps: constraints, overrides, indexes, sources, groups, what may be built. */
import type { TextDocument } from "../../../formats/text-document.ts";
import { normaliseName } from "../pep/names.ts";
import { strings, tables, textOf, type Table } from "../toml-values.ts";
import { findLinks } from "./find-links.ts";
import { requirementAt, type ManifestProblems } from "./manifest-text.ts";
import type { PypiDocument, RootRequirement } from "./pypi-document.ts";
import { readUvSources } from "./uv-sources.ts";
import type { UvWorkspace } from "./uv-workspace.ts";

/** What the table says. */
export interface UvReading {
  readonly developmentRequirements: readonly RootRequirement[];
  readonly groups: readonly string[];
  /** `all` for every group of the project. */
  readonly defaultGroups: readonly string[] | "all";
  readonly document: Partial<PypiDocument>;
}

/** Where the table stands. */
export interface UvPlace {
  readonly source: TextDocument;
  readonly problems: ManifestProblems;
  /** The directory of the manifest, relative to the service. */
  readonly directory: string;
  readonly workspace: UvWorkspace | undefined;
}

/** Reads the table where there is one, and what the workspace around it means. */
export function readUvTable(table: Table | undefined, place: UvPlace): UvReading {
  const { source, problems, directory, workspace } = place;
  const uv = table ?? {};
  const list = (key: string, kind: "runtime" | "dev", group?: string): readonly RootRequirement[] =>
    strings(uv[key]).flatMap((text, index) => {
      const read = requirementAt(text, ["tool", "uv", key, index], source, problems);
      return read === undefined ? [] : [{ ...read, kind, ...(group === undefined ? {} : { group }) }];
    });
  const developmentRequirements = list("dev-dependencies", "dev", "dev");
  const sources = readUvSources(uv["sources"], source, problems, directory, workspace);
  if (tables(uv["conflicts"]).length > 0 || (Array.isArray(uv["conflicts"]) && uv["conflicts"].length > 0)) {
    const message = "one answer holds all extras and groups: those that conflict can't be locked together";
    const help = "choose with extras and groups under [pypi] in enki.toml which ones are resolved";
    problems.add(
      "warning",
      "pypi-unsupported-conflicts",
      message,
      source.originOf(["tool", "uv", "conflicts"], "key"),
      help,
    );
  }
  const defaults = uv["default-groups"];
  return {
    developmentRequirements,
    groups: developmentRequirements.length === 0 ? [] : ["dev"],
    defaultGroups: defaults === "all" ? "all" : strings(defaults).map(normaliseName),
    document: {
      ...sources,
      ...(table === undefined ? {} : readOptions(uv)),
      constraints: list("constraint-dependencies", "runtime"),
      overrides: list("override-dependencies", "runtime"),
    },
  };
}

function readOptions(uv: Table): Partial<PypiDocument> {
  return {
    excludes: strings(uv["exclude-dependencies"]).map(normaliseName),
    indexes: readIndexes(uv),
    replacesPublicIndex:
      uv["no-index"] === true ||
      typeof uv["index-url"] === "string" ||
      tables(uv["index"]).some((index) => index["default"] === true),
    prerelease: uv["prerelease"] === "allow" ? "allow" : undefined,
    noBuild: uv["no-build"] === true ? [":all:"] : strings(uv["no-build-package"]).map(normaliseName),
    noBinary: uv["no-binary"] === true ? [":all:"] : strings(uv["no-binary-package"]).map(normaliseName),
    metadata: new Map(
      tables(uv["dependency-metadata"]).flatMap((table) => {
        const name = textOf(table["name"]);
        const version = textOf(table["version"]);
        if (name === undefined) return [];
        const key = version === undefined ? normaliseName(name) : `${normaliseName(name)}==${version}`;
        return [[key, strings(table["requires-dist"])] as const];
      }),
    ),
  };
}

/** In order of rank: directories with files, the indexes as they are written, the default one. */
function readIndexes(uv: Table): PypiDocument["indexes"] {
  const indexes = tables(uv["index"]).flatMap((table) => {
    const url = textOf(table["url"]);
    if (url === undefined) return [];
    return [
      {
        name: textOf(table["name"]),
        url,
        isExplicit: table["explicit"] === true,
        isDefault: table["default"] === true,
      },
    ];
  });
  return [
    ...strings(uv["find-links"]).map(findLinks),
    // The default index ranks last, and takes the place of the public one.
    ...[...indexes.filter((index) => !index.isDefault), ...indexes.filter((index) => index.isDefault)].map(
      ({ name, url, isExplicit }) => ({ name, url, isExplicit }),
    ),
    ...unnamed(strings(uv["extra-index-url"])),
    ...unnamed(typeof uv["index-url"] === "string" ? [uv["index-url"]] : []),
  ];
}

function unnamed(urls: readonly string[]): PypiDocument["indexes"] {
  return urls.map((url) => ({ name: undefined, url, isExplicit: false }));
}
