/** The table `[tool.uv]`, as far as it maps: constraints, overrides, indexes, sources, development requirements. */
import type { TextDocument } from "../../../formats/text-document.ts";
import { normaliseName } from "../pep/names.ts";
import { findLinks } from "./find-links.ts";
import { requirementAt, type ManifestProblems } from "./manifest-text.ts";
import type { DirectSource, PypiDocument, RootRequirement } from "./pypi-document.ts";

type Table = Readonly<Record<string, unknown>>;

/** What the table says. */
export interface UvReading {
  readonly developmentRequirements: readonly RootRequirement[];
  readonly groups: readonly string[];
  readonly document: Partial<PypiDocument>;
}

/** Reads the table where there is one. */
export function readUvTable(uv: Table | undefined, source: TextDocument, problems: ManifestProblems): UvReading {
  if (uv === undefined) return { developmentRequirements: [], groups: [], document: {} };
  const list = (key: string, kind: "runtime" | "dev", group?: string): readonly RootRequirement[] =>
    strings(uv[key]).flatMap((text, index) => {
      const read = requirementAt(text, ["tool", "uv", key, index], source, problems);
      return read === undefined ? [] : [{ ...read, kind, ...(group === undefined ? {} : { group }) }];
    });
  const developmentRequirements = list("dev-dependencies", "dev", "dev");
  const sources = readSources(asTable(uv["sources"]) ?? {}, source, problems);
  return {
    developmentRequirements,
    groups: developmentRequirements.length === 0 ? [] : ["dev"],
    document: {
      constraints: list("constraint-dependencies", "runtime"),
      overrides: list("override-dependencies", "runtime"),
      excludes: strings(uv["exclude-dependencies"]).map(normaliseName),
      indexes: readIndexes(uv),
      replacesPublicIndex:
        uv["no-index"] === true ||
        typeof uv["index-url"] === "string" ||
        tables(uv["index"]).some((index) => index["default"] === true),
      packageIndexes: sources.indexes,
      sources: sources.direct,
      prerelease: uv["prerelease"] === "allow" ? "allow" : undefined,
      noBuild: uv["no-build"] === true ? [":all:"] : strings(uv["no-build-package"]).map(normaliseName),
      noBinary: uv["no-binary"] === true ? [":all:"] : strings(uv["no-binary-package"]).map(normaliseName),
    },
  };
}

/** In order of rank: directories with files, the indexes as they are written, the default one. */
function readIndexes(uv: Table): PypiDocument["indexes"] {
  const indexes = tables(uv["index"]).flatMap((table) => {
    const url = table["url"];
    if (typeof url !== "string") return [];
    const name = table["name"];
    return [
      {
        name: typeof name === "string" ? name : undefined,
        url,
        isExplicit: table["explicit"] === true,
        isDefault: table["default"] === true,
      },
    ];
  });
  return [
    ...strings(uv["find-links"]).flatMap(findLinks),
    // The default index ranks last, and takes the place of the public one.
    ...[...indexes.filter((index) => !index.isDefault), ...indexes.filter((index) => index.isDefault)].map(
      ({ name, url, isExplicit }) => ({ name, url, isExplicit }),
    ),
    ...unnamed(strings(uv["extra-index-url"])),
    ...unnamed(typeof uv["index-url"] === "string" ? [uv["index-url"]] : []),
  ];
}

function readSources(
  table: Table,
  source: TextDocument,
  problems: ManifestProblems,
): { readonly indexes: ReadonlyMap<string, string>; readonly direct: ReadonlyMap<string, DirectSource> } {
  const indexes = new Map<string, string>();
  const direct = new Map<string, DirectSource>();
  for (const [rawName, value] of Object.entries(table)) {
    const name = normaliseName(rawName);
    const entry = asTable(Array.isArray(value) ? value[0] : value) ?? {};
    const text = (key: string): string | undefined => (typeof entry[key] === "string" ? entry[key] : undefined);
    const index = text("index");
    const url = text("url");
    const path = text("path");
    const git = text("git");
    if (index !== undefined) indexes.set(name, index);
    else if (url !== undefined) direct.set(name, { kind: "url", url });
    else if (path !== undefined) direct.set(name, { kind: "path", path, isEditable: entry["editable"] === true });
    else if (git !== undefined) {
      const referenceKind = (["rev", "tag", "branch"] as const).find((key) => text(key) !== undefined);
      const subdirectory = text("subdirectory");
      direct.set(name, {
        kind: "git",
        url: git,
        reference: referenceKind === undefined ? undefined : text(referenceKind),
        ...(referenceKind === undefined ? {} : { referenceKind }),
        ...(subdirectory === undefined ? {} : { subdirectory }),
      });
    } else {
      const origin = source.originOf(["tool", "uv", "sources", rawName], "key");
      problems.add("warning", "pypi-unsupported-source", `the source of ${rawName} is left to the index`, origin);
    }
  }
  return { indexes, direct };
}

function unnamed(urls: readonly string[]): PypiDocument["indexes"] {
  return urls.map((url) => ({ name: undefined, url, isExplicit: false }));
}

function tables(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(asTable).filter((table) => table !== undefined) : [];
}

function asTable(value: unknown): Table | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
