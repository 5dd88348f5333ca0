import { EnkiError } from "../model/enki-error.ts";
import { parseLicenceExpression } from "../formats/licence-expression.ts";
import { compareBytewise } from "../model/order.ts";
import type { PackageId, ResolvedPackage } from "../model/resolution.ts";
import { textEntries, textOf, textsOf } from "./details.ts";
import type { PlannedInputs, PlannedMeta } from "./plan.ts";
import type { ResolutionIndex } from "./resolution-index.ts";

/** The ecosystem whose packages are attributes. */
const nixpkgs = "nix";

/** The system packages that some packages of a build have edges to. Throws an EnkiError for one without an attribute. */
export function inputsOf(index: ResolutionIndex, ids: readonly PackageId[]): PlannedInputs {
  const native = new Set<string>();
  const link = new Set<string>();
  const environment = new Map<string, string>();
  const pending = ids.flatMap((id) => index.edgesFrom(id).map(({ to }) => to));
  const seen = new Set<PackageId>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const input = index.package(next);
    if (input?.ecosystem !== nixpkgs || seen.has(next)) continue;
    seen.add(next);
    // A name that means several attributes is one package with edges to the others.
    pending.push(...index.edgesFrom(next).map(({ to }) => to));
    const attribute = attributeOf(input);
    const tool = textOf(input.details, "tool");
    if (tool === "rustc") for (const program of [attribute, "cargo"]) native.add(program);
    // The other toolchains are where the builder of each ecosystem puts them.
    if (tool !== undefined) continue;
    for (const role of textsOf(input.details, "roles")) {
      if (role === "native" || role === "both") native.add(attribute);
      if (role !== "native") link.add(attribute);
    }
    for (const [name, value] of textEntries(input.details["environment"])) environment.set(name, value);
  }
  if (link.size > 0) native.add("pkg-config");
  return { native: sorted(native), link: sorted(link), environment };
}

/** The attribute of a package of nixpkgs. Throws an EnkiError (`unmapped-system-dependency`) when the lock has none. */
export function attributeOf(package_: ResolvedPackage): string {
  const attribute = textOf(package_.details, "attribute");
  if (attribute !== undefined && /^[A-Za-z_][A-Za-z0-9_'+-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/.test(attribute)) {
    return attribute;
  }
  throw new EnkiError("unmapped-system-dependency", `the lock has no nixpkgs attribute for ${package_.id}`, {
    hint: `add to enki.toml:\n\n[nixpkgs.names]\n${JSON.stringify(package_.name)} = "attribute"\n`,
  });
}

/** What the lock says of a package for `meta`. */
export function metaOf(package_: ResolvedPackage): PlannedMeta {
  const description = textOf(package_.details, "description") ?? textOf(package_.details, "synopsis");
  const homepage = textOf(package_.details, "homepage");
  return {
    ...(package_.licence === undefined ? {} : { licence: package_.licence, spdx: spdxOf(package_.licence) }),
    ...(description === undefined ? {} : { description }),
    ...(homepage === undefined ? {} : { homepage }),
  };
}

/** The SPDX identifiers in an expression, a slash being cargo's old word for OR; empty for other words. */
function spdxOf(licence: string): readonly string[] {
  return parseLicenceExpression(licence.replaceAll("/", " OR "))?.licences ?? [];
}

function sorted(names: Iterable<string>): readonly string[] {
  return [...names].toSorted(compareBytewise);
}
