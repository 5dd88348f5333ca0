import { EnkiError } from "../../model/enki-error.ts";
import type { JsonValue } from "../../model/json.ts";
import { isRecord } from "./decode.ts";
import { type NameMeaning, type Role, decodeMeaning, isAttributePath, namesOf, namespaces } from "./name-table.ts";
import { toolNames } from "./release.ts";

/** What a name means for one dependent on one system. */
export type ResolvedName =
  | { readonly kind: "tool"; readonly tool: string }
  | {
      readonly kind: "attributes";
      /** Never empty. */
      readonly attributes: readonly string[];
      readonly role?: Role;
      readonly environment: ReadonlyMap<string, string>;
    }
  | { readonly kind: "nothing"; readonly reason: string };

/** What the meaning of a name depends on. */
export interface NameContext {
  readonly system: string;
  readonly features: readonly string[];
  /** The user's own table, `[nixpkgs.names]` of enki.toml, by full name (`debian:libfoo-dev`). */
  readonly userNames: ReadonlyMap<string, NameMeaning>;
  /** For messages: which rule asks, `depexts of conf-gmp.4`. */
  readonly why: string;
}

/**
 * The meaning of a foreign name: `tool:<tool>`, `attr:<attribute>`, `debian:<name>`, `crate:<crate>`, `links:<value>`,
 * `pkg-config:<module>`, `dep:<PEP 725 identifier>`, or an attribute alone. Throws an EnkiError
 * (`unmapped-system-dependency`) whose hint is the line to add to enki.toml.
 */
export function resolveName(name: string, context: NameContext): ResolvedName {
  const override = context.userNames.get(name);
  if (override !== undefined) return applyMeaning(name, override, context);
  const [namespace, local] = splitName(name);
  if (namespace === "tool") return resolveTool(local);
  for (const candidate of spellings(namespace, local)) {
    const meaning = namesOf(namespace).get(candidate);
    if (meaning !== undefined) return applyMeaning(name, meaning, context);
  }
  if (namespace === "attr") {
    if (!isAttributePath(local)) throw unmapped(name, context, "this is not the path of an attribute");
    return { kind: "attributes", attributes: [local], environment: new Map() };
  }
  throw unmapped(name, context);
}

/** Reads the setting `names`: full name to attribute, list of attributes, or `{ none = "why" }`. Throws an EnkiError. */
export function readUserNames(value: JsonValue | undefined): ReadonlyMap<string, NameMeaning> {
  const names = new Map<string, NameMeaning>();
  if (value === undefined) return names;
  if (!isRecord(value)) throw new EnkiError("invalid-configuration", "[nixpkgs.names] must be a table");
  for (const [name, line] of Object.entries(value)) {
    const meaning = decodeMeaning(line);
    if (meaning === undefined || meaning.kind === "unpackaged") {
      throw new EnkiError("invalid-configuration", `[nixpkgs.names] has no attribute for ${JSON.stringify(name)}`, {
        hint: `write ${JSON.stringify(name)} = "attribute", a list of attributes, or { none = "why nothing is needed" }`,
      });
    }
    names.set(name, meaning);
  }
  return names;
}

/** Splits `debian:libgmp-dev` into its namespace and the rest; a name without a known namespace is an attribute. */
export function splitName(name: string): readonly [namespace: string, local: string] {
  const colon = name.indexOf(":");
  const namespace = name.slice(0, Math.max(colon, 0));
  if (namespace === "tool" || namespaces.includes(namespace)) return [namespace, name.slice(colon + 1)];
  return ["attr", name];
}

/** The spellings under which a table may list a name, the exact one first. */
function spellings(namespace: string, local: string): readonly string[] {
  if (namespace === "links") return [local, local.replace(/_v?\d+(?:_\d+)*$/, "")];
  if (namespace !== "dep") return [local];
  const bare = local.replace(/^(?:dep|pkg):/, "").replace(/@.*$/, "");
  return [bare, bare.replace(/^virtual\//, "virtual:")];
}

function resolveTool(tool: string): ResolvedName {
  if (toolNames.includes(tool)) return { kind: "tool", tool };
  throw new EnkiError("unsupported", `${JSON.stringify(tool)} is not a toolchain that Enki knows`, {
    hint: `toolchains: ${toolNames.join(", ")}`,
  });
}

function applyMeaning(name: string, meaning: NameMeaning, context: NameContext): ResolvedName {
  if (meaning.kind === "nothing") return meaning;
  if (meaning.kind === "unpackaged") throw unmapped(name, context, meaning.reason);
  if (meaning.systems !== undefined && !context.system.endsWith(`-${meaning.systems}`)) {
    return { kind: "nothing", reason: `needed on ${meaning.systems} only` };
  }
  const isOn = (feature: string): boolean => context.features.includes(feature);
  const own = meaning.unlessFeatures.find(isOn);
  if (own !== undefined) return { kind: "nothing", reason: `the feature ${own} builds its own copy` };
  if (meaning.onlyFeatures.length > 0 && !meaning.onlyFeatures.some(isOn)) {
    return { kind: "nothing", reason: `needed with the feature ${meaning.onlyFeatures.join(" or ")} only` };
  }
  return resolveAliases(name, meaning, context);
}

/** Follows names of attributes that nixpkgs has renamed. */
function resolveAliases(
  name: string,
  meaning: NameMeaning & { readonly kind: "attributes" },
  context: NameContext,
): ResolvedName {
  const aliases = namesOf("attr");
  const attributes = meaning.attributes.flatMap((attribute) => {
    const alias = aliases.get(attribute);
    if (alias === undefined) return [attribute];
    if (alias.kind === "unpackaged") throw unmapped(name, context, alias.reason);
    return alias.kind === "nothing" ? [] : alias.attributes;
  });
  if (attributes.length === 0) return { kind: "nothing", reason: "part of the standard build environment (stdenv)" };
  return {
    kind: "attributes",
    attributes: [...new Set(attributes)],
    ...(meaning.role === undefined ? {} : { role: meaning.role }),
    environment: meaning.environment,
  };
}

const namespaceTitles: ReadonlyMap<string, string> = new Map([
  ["attr", "attribute"],
  ["crate", "crate"],
  ["debian", "Debian package"],
  ["dep", "external dependency"],
  ["links", "linked library"],
  ["pkg-config", "pkg-config module"],
]);

function unmapped(name: string, context: NameContext, reason?: string): EnkiError {
  const [namespace, local] = splitName(name);
  const title = namespaceTitles.get(namespace) ?? "name";
  const known = namesWithoutPackage(namespace);
  const list = known.length === 0 ? "" : `\nknown to have no package in nixpkgs: ${known.join(", ")}`;
  return new EnkiError(
    "unmapped-system-dependency",
    `no nixpkgs attribute is known for the ${title} ${JSON.stringify(local)} (${context.why})${reason === undefined ? "" : `: ${reason}`}`,
    {
      hint: `add to enki.toml, with the attribute that provides it, or with { none = "why" } when nothing is needed:\n\n[nixpkgs.names]\n${JSON.stringify(name)} = "attribute"\n${list}`,
    },
  );
}

/** The names of a namespace that the table lists as having no package. */
export function namesWithoutPackage(namespace: string): readonly string[] {
  return [...namesOf(namespace)].filter(([, meaning]) => meaning.kind === "unpackaged").map(([name]) => name);
}
