import { readFileSync } from "node:fs";
import { EnkiError } from "../../model/enki-error.ts";
import { type UnknownRecord, isRecord, recordMember, stringMember, stringsMember } from "./decode.ts";

/** How a build uses an attribute: run while building, linked against, both, or needed at run time only. */
export type Role = "native" | "link" | "both" | "runtime";

/** What a foreign name means: attributes (possibly none, with the reason), or a name that nixpkgs has no package for. */
export type NameMeaning =
  | {
      readonly kind: "attributes";
      readonly attributes: readonly string[];
      readonly role?: Role;
      /** Nothing is needed when one of these features of the dependent is on (it builds its own copy). */
      readonly unlessFeatures: readonly string[];
      /** Something is needed only when one of these features of the dependent is on; always when empty. */
      readonly onlyFeatures: readonly string[];
      /** `linux` or `darwin`; every system when absent. */
      readonly systems?: string;
      /** Variables that make the dependent's build look for the system library; `@attribute@` stands for a store path. */
      readonly environment: ReadonlyMap<string, string>;
    }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "unpackaged"; readonly reason: string };

/** The namespaces of foreign names, as they stand before the colon. */
export const namespaces: readonly string[] = ["attr", "crate", "debian", "dep", "links", "pkg-config"];

interface NamespaceTable {
  readonly revision: string;
  readonly names: ReadonlyMap<string, NameMeaning>;
  readonly roles: ReadonlyMap<string, Role>;
}

const nameFolder = new URL("./data/names/", import.meta.url);
const loaded = new Map<string, NamespaceTable>();

/** The table of one namespace (`debian`, `crate` …), decoded once. */
export function namesOf(namespace: string): ReadonlyMap<string, NameMeaning> {
  return tableOf(namespace).names;
}

/** The day on which the tables were last revised, `YYYY-MM-DD`. */
export function nameTableRevision(): string {
  return tableOf("attr").revision;
}

/** How a build uses an attribute unless a name says otherwise. */
export function roleOf(attribute: string): Role {
  return tableOf("attr").roles.get(attribute) ?? "link";
}

/** What a table line, or a line of the user's own table, means. `undefined` when it is not of a known form. */
export function decodeMeaning(value: unknown): NameMeaning | undefined {
  if (typeof value === "string" || Array.isArray(value)) return attributesMeaning({ attributes: value });
  if (!isRecord(value)) return undefined;
  const none = stringMember(value, "none");
  if (none !== undefined) return { kind: "nothing", reason: none };
  const unpackaged = stringMember(value, "unpackaged");
  if (unpackaged !== undefined) return { kind: "unpackaged", reason: unpackaged };
  return attributesMeaning(value);
}

function attributesMeaning(value: UnknownRecord): NameMeaning | undefined {
  const attributes = stringsMember(value, "attributes");
  if (attributes === undefined || attributes.some((attribute) => !isAttributePath(attribute))) return undefined;
  const role = stringMember(value, "role");
  const systems = stringMember(value, "systems");
  return {
    kind: "attributes",
    attributes,
    ...(isRole(role) ? { role } : {}),
    unlessFeatures: stringsMember(value, "unlessFeatures") ?? [],
    onlyFeatures: stringsMember(value, "onlyFeatures") ?? [],
    ...(systems === undefined ? {} : { systems }),
    environment: new Map(
      Object.entries(recordMember(value, "environment") ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      ),
    ),
  };
}

/** Whether a text is an attribute path of nixpkgs: `openssl`, `xorg.libX11`, `gtk+-3`. */
export function isAttributePath(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z_][A-Za-z0-9_'+-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/.test(text);
}

function isRole(text: string | undefined): text is Role {
  return text === "native" || text === "link" || text === "both" || text === "runtime";
}

function tableOf(namespace: string): NamespaceTable {
  const cached = loaded.get(namespace);
  if (cached !== undefined) return cached;
  const file = namespace === "attr" ? "attribute" : namespace;
  const value: unknown = JSON.parse(readFileSync(new URL(`${file}.json`, nameFolder), "utf8"));
  const table = decodeTable(value, file);
  loaded.set(namespace, table);
  return table;
}

function decodeTable(value: unknown, file: string): NamespaceTable {
  if (!isRecord(value) || value["schema"] !== 1) throw new EnkiError("internal", `the name table ${file} is malformed`);
  const names = new Map<string, NameMeaning>();
  for (const [name, line] of Object.entries(recordMember(value, "names") ?? {})) {
    const meaning = decodeMeaning(line);
    if (meaning === undefined) throw new EnkiError("internal", `the name table ${file} is malformed at ${name}`);
    names.set(name, meaning);
  }
  const roles = new Map<string, Role>();
  for (const [role, attributes] of Object.entries(recordMember(value, "roles") ?? {})) {
    if (!isRole(role) || !Array.isArray(attributes)) continue;
    for (const attribute of attributes) if (typeof attribute === "string") roles.set(attribute, role);
  }
  return { revision: stringMember(value, "revision") ?? "", names, roles };
}
