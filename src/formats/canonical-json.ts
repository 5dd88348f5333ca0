import type { JsonValue } from "../model/json.ts";
import { compareBytewise } from "./bytewise.ts";

/**
 * Prints JSON whose bytes depend on the value alone: keys sorted bytewise, an indentation of `indent` spaces (0 for one
 * line), and a final line feed unless it is one line.
 */
export function printCanonicalJson(value: JsonValue, indent = 2): string {
  const text = print(value, indent, "");
  return indent === 0 ? text : `${text}\n`;
}

function print(value: JsonValue, indent: number, margin: string): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = margin + " ".repeat(indent);
  if (isArray(value)) {
    return bracketed(
      "[]",
      value.map((item) => print(item, indent, inner)),
      { indent, margin, inner },
    );
  }
  const colon = indent === 0 ? ":" : ": ";
  const members = Object.entries(value)
    .toSorted(([left], [right]) => compareBytewise(left, right))
    .map(([key, item]) => JSON.stringify(key) + colon + print(item, indent, inner));
  return bracketed("{}", members, { indent, margin, inner });
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function bracketed(
  brackets: "[]" | "{}",
  items: readonly string[],
  space: { readonly indent: number; readonly margin: string; readonly inner: string },
): string {
  if (items.length === 0) return brackets;
  if (space.indent === 0) return brackets.charAt(0) + items.join(",") + brackets.charAt(1);
  return `${brackets.charAt(0)}\n${space.inner}${items.join(`,\n${space.inner}`)}\n${space.margin}${brackets.charAt(1)}`;
}
