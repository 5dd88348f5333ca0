import type { OpamItem, OpamValue } from "../../../src/ecosystems/opam/file/value.ts";
import type { JsonValue } from "../../../src/model/json.ts";

/** An item in the form of the reference: what OCaml's own parser said, written as JSON. */
export function plainItem(item: OpamItem): JsonValue {
  return item.kind === "field"
    ? [item.name, plainValue(item.value)]
    : { section: item.type, name: item.name ?? null, items: item.items.map(plainItem) };
}

function plainValue(value: OpamValue): JsonValue {
  switch (value.kind) {
    case "string":
    case "integer":
    case "boolean":
      return value.value;
    case "identifier":
      return { id: value.name };
    case "list":
      return { list: value.items.map(plainValue) };
    case "group":
      return { group: value.items.map(plainValue) };
    case "option":
      return { opt: plainValue(value.value), c: value.conditions.map(plainValue) };
    case "logical": {
      const [first, ...rest] = value.operands.map(plainValue);
      return rest.reduce<JsonValue>((left, right) => ({ logop: value.operator, l: left, r: right }), first ?? null);
    }
    case "relation":
      return { relop: value.operator, l: plainValue(value.left), r: plainValue(value.right) };
    case "prefix-relation":
      return { prelop: value.operator, a: plainValue(value.operand) };
    case "prefix":
      return { pfx: value.operator, a: plainValue(value.operand) };
    case "environment":
      return { env: value.operator, l: plainValue(value.left), r: plainValue(value.right) };
  }
}
