import type { Ecosystem } from "../ecosystem.ts";
import { chooseIndex } from "./choose-index.ts";
import { condenseIndex } from "./condense-index.ts";
import { nixRangeAdmits } from "./range.ts";
import { NixSource } from "./source.ts";
import { readNixTable } from "./table-manifest.ts";
import { knownReleases, unrecordedVersion } from "./release.ts";
import { verifyNix } from "./verify.ts";

/** nixpkgs: attributes with one version per pinned release, and the toolchains that they offer. */
export const nix: Ecosystem = {
  id: "nix",
  title: "nixpkgs",
  requiredTools: [],
  settings: [
    {
      name: "release",
      type: "string",
      summary: "The release of nixpkgs (`nixos-25.05`), or a file with the packages.json of a channel.",
    },
    {
      name: "names",
      type: "table",
      summary: 'Attributes for names that Enki\'s table lacks: `"debian:libfoo-dev" = "foo"`, or `{ none = "why" }`.',
    },
  ],
  isManifest: () => false,
  readManifest: (path) => ({
    diagnostics: [
      { code: "nix-no-manifest", severity: "error", message: "nixpkgs has no manifests", origin: { file: path } },
    ],
  }),
  readDependencyTable: readNixTable,
  rangeAdmits: nixRangeAdmits,
  toolCandidates: (tool, options, where) => {
    const index = chooseIndex(options, where);
    return (index.tool(tool) ?? []).flatMap((attribute) => {
      const version = index.version(attribute);
      return version === undefined || version === unrecordedVersion ? [] : [{ version, attribute }];
    });
  },
  otherSettings: (settings) => {
    const known = knownReleases();
    const current = settings.get("release") ?? known[0];
    const position = typeof current === "string" ? known.indexOf(current) : -1;
    return known
      .slice(0, Math.max(0, position))
      .toReversed()
      .map((value) => ({ name: "release", value }));
  },
  condenseIndex,
  openSource: (context) =>
    new NixSource(
      context,
      chooseIndex(context.options, { files: context.files, projectDirectory: context.projectDirectory }),
    ),
  verify: verifyNix,
  exportLocks: () => [],
};
