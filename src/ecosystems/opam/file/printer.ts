import type { OpamItem, OpamValue } from "./value.ts";

/** A value in the syntax of opam files, on one line; parsing it again gives an equal value. */
export function printValue(value: OpamValue): string {
  switch (value.kind) {
    case "string":
      return printString(value.value);
    case "identifier":
      return value.name;
    case "integer":
    case "boolean":
      return String(value.value);
    case "list":
      return `[${printValues(value.items)}]`;
    case "group":
      return `(${printValues(value.items)})`;
    case "option":
      return `${printValue(value.value)} {${printValues(value.conditions)}}`;
    case "logical":
      return value.operands.map(printValue).join(` ${value.operator} `);
    case "relation":
    case "environment":
      return `${printValue(value.left)} ${value.operator} ${printValue(value.right)}`;
    case "prefix-relation":
      return `${value.operator} ${printValue(value.operand)}`;
    case "prefix":
      return `${value.operator}${printValue(value.operand)}`;
  }
}

/** Values side by side, as in brackets and braces. */
export function printValues(values: readonly OpamValue[]): string {
  return values.map(printValue).join(" ");
}

/** A text in double quotes, escaped. */
export function printString(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** A field or a section with its final line feed. */
export function printItem(item: OpamItem): string {
  if (item.kind === "field") return `${item.name}: ${printValue(item.value)}\n`;
  const title = item.name === undefined ? item.type : `${item.type} ${printString(item.name)}`;
  return `${title} {\n${item.items.map((inner) => `  ${printItem(inner)}`).join("")}}\n`;
}
