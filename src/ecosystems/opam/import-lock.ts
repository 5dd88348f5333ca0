import { EnkiError } from "../../model/enki-error.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { readDefinition } from "./definition.ts";
import type { OpamValue } from "./file/value.ts";

/** The versions in the `depends` of a `.opam.locked` file (`opam lock`). Throws an EnkiError (`invalid-lock`). */
export function importLockedFile(file: string, text: string): readonly ResolvedPackage[] {
  const { definition, diagnostics } = readDefinition("locked", "dev", file, text);
  if (definition === undefined) throw new EnkiError("invalid-lock", `${file} can't be read`, { diagnostics });
  const depends = definition.fields.get("depends");
  const items = depends?.kind === "list" ? depends.items : depends === undefined ? [] : [depends];
  return items.flatMap((item): readonly ResolvedPackage[] => {
    if (item.kind !== "option" || item.value.kind !== "string") return [];
    const name = item.value.value;
    const version = item.conditions.flatMap((condition) => exactVersion(condition) ?? [])[0];
    if (version === undefined) return [];
    return [{ id: `opam:${name}@${version}`, ecosystem: "opam", name, version, artifacts: [], details: {} }];
  });
}

/** The version of `= "1.2"`, alone or among filters. */
function exactVersion(value: OpamValue): string | undefined {
  if (value.kind === "logical" && value.operator === "&") return value.operands.map(exactVersion).find(Boolean);
  if (value.kind !== "prefix-relation" || value.operator !== "=") return undefined;
  return value.operand.kind === "string" ? value.operand.value : undefined;
}
