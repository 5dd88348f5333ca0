/** Environment markers (PEP 508, "Dependency specifiers"): their form, reading and writing. */
import { normaliseName } from "./names.ts";
import { scan, type Parsed, type TextScanner } from "./text-scanner.ts";

export type MarkerOperator = "<" | "<=" | "!=" | "==" | ">=" | ">" | "~=" | "===" | "in" | "not in";

export type MarkerOperand =
  { readonly kind: "variable"; readonly name: string } | { readonly kind: "text"; readonly text: string };

/** A condition on the environment in which a package is installed. */
export type Marker =
  | {
      readonly kind: "compare";
      readonly left: MarkerOperand;
      readonly operator: MarkerOperator;
      readonly right: MarkerOperand;
    }
  | { readonly kind: "and" | "or"; readonly operands: readonly Marker[] };

/** Spellings of variables, PEP 345's dotted ones included, to the name that environments use. */
const variables: ReadonlyMap<string, string> = new Map([
  ["python_version", "python_version"],
  ["python_full_version", "python_full_version"],
  ["os_name", "os_name"],
  ["os.name", "os_name"],
  ["sys_platform", "sys_platform"],
  ["sys.platform", "sys_platform"],
  ["platform_release", "platform_release"],
  ["platform_system", "platform_system"],
  ["platform_version", "platform_version"],
  ["platform.version", "platform_version"],
  ["platform_machine", "platform_machine"],
  ["platform.machine", "platform_machine"],
  ["platform_python_implementation", "platform_python_implementation"],
  ["platform.python_implementation", "platform_python_implementation"],
  ["python_implementation", "platform_python_implementation"],
  ["implementation_name", "implementation_name"],
  ["implementation_version", "implementation_version"],
  ["extra", "extra"],
  ["extras", "extras"],
  ["dependency_groups", "dependency_groups"],
]);

const MAX_DEPTH = 200;

/** Reads a whole marker. */
export function parseMarker(text: string): Parsed<Marker> {
  return scan(text, (scanner) => {
    const marker = readMarker(scanner);
    if (!scanner.isAtEnd) scanner.fail("expected the end of the marker", scanner.at, scanner.text.length);
    return marker;
  });
}

/** Reads the marker that stands at the scanner. */
export function readMarker(scanner: TextScanner, depth = 0): Marker {
  if (depth > MAX_DEPTH) scanner.fail("the marker is nested too deeply");
  // `and` binds more tightly than `or`.
  const alternatives: Marker[] = [];
  let conjunction = [readAtom(scanner, depth)];
  for (;;) {
    const word = scanner.match(/(?:or|and)\b/y);
    if (word === undefined) break;
    const atom = readAtom(scanner, depth);
    if (word === "and") {
      conjunction.push(atom);
    } else {
      alternatives.push(combine("and", conjunction));
      conjunction = [atom];
    }
  }
  alternatives.push(combine("and", conjunction));
  return combine("or", alternatives);
}

/** Several markers as one; a single one stays itself. */
function combine(kind: "and" | "or", operands: readonly Marker[]): Marker {
  const [first] = operands;
  return operands.length === 1 && first !== undefined ? first : { kind, operands };
}

function readAtom(scanner: TextScanner, depth: number): Marker {
  scanner.skipBlanks();
  let marker: Marker;
  const start = scanner.at;
  if (scanner.take("(")) {
    marker = readMarker(scanner, depth + 1);
    scanner.skipBlanks();
    if (!scanner.take(")")) scanner.fail("this parenthesis is not closed", start);
  } else {
    const left = readOperand(scanner);
    scanner.skipBlanks();
    const operator = readOperator(scanner);
    scanner.skipBlanks();
    const right = readOperand(scanner);
    if (left.kind === right.kind) {
      scanner.fail("a marker compares a variable with a quoted text", start, scanner.at);
    }
    marker = { kind: "compare", left: quotedName(left, right), operator, right: quotedName(right, left) };
  }
  scanner.skipBlanks();
  return marker;
}

/** What extras and groups are compared with. */
const nameVariables: ReadonlySet<string> = new Set(["extra", "extras", "dependency_groups"]);

/** The name of an extra or a group is normalised where it stands (PEP 685, PEP 735). */
function quotedName(operand: MarkerOperand, other: MarkerOperand): MarkerOperand {
  const isName = operand.kind === "text" && other.kind === "variable" && nameVariables.has(other.name);
  return isName ? { kind: "text", text: normaliseName(operand.text) } : operand;
}

function readOperand(scanner: TextScanner): MarkerOperand {
  const start = scanner.at;
  const word = scanner.match(/[a-z][a-z_.]*/y);
  if (word !== undefined) {
    const name = variables.get(word);
    if (name === undefined) return scanner.fail(`${word} is not a marker variable`, start, scanner.at);
    return { kind: "variable", name };
  }
  const quote = scanner.text[scanner.at];
  if (quote !== '"' && quote !== "'") return scanner.fail("expected a marker variable or a quoted text");
  const end = scanner.text.indexOf(quote, start + 1);
  if (end < 0) return scanner.fail("this quotation is not closed", start);
  const text = scanner.text.slice(start + 1, end);
  scanner.at = end + 1;
  // The grammar has no escapes, and a Python reader of the text would see one.
  if (text.includes("\\")) scanner.fail("a quoted text can't hold a backslash", start, end + 1);
  return { kind: "text", text };
}

function readOperator(scanner: TextScanner): MarkerOperator {
  const start = scanner.at;
  if (scanner.match(/in\b/y) !== undefined) return "in";
  if (scanner.match(/not\b/y) !== undefined) {
    if (scanner.match(/[ \t]+in\b/y) === undefined) scanner.fail("expected in after not", start, scanner.at);
    return "not in";
  }
  const found = (["===", "==", "~=", "!=", "<=", ">=", "<", ">"] as const).find((word) => scanner.take(word));
  return found ?? scanner.fail("expected a comparison: ==, !=, <, <=, >, >=, ~=, ===, in, not in");
}

/** The marker in the spelling of the packaging specifications: double quotes, one blank between words. */
export function markerText(marker: Marker): string {
  if (marker.kind === "compare") {
    return `${operandText(marker.left)} ${marker.operator} ${operandText(marker.right)}`;
  }
  return marker.operands
    .map((operand) => (needsParentheses(marker, operand) ? `(${markerText(operand)})` : markerText(operand)))
    .join(` ${marker.kind} `);
}

function needsParentheses(outer: Marker, inner: Marker): boolean {
  return inner.kind !== "compare" && !(outer.kind === "or" && inner.kind === "and");
}

function operandText(operand: MarkerOperand): string {
  if (operand.kind === "variable") return operand.name;
  return operand.text.includes('"') ? `'${operand.text}'` : `"${operand.text}"`;
}

/** The names of all variables in the marker. */
export function markerVariables(marker: Marker): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Marker): void => {
    if (node.kind !== "compare") node.operands.forEach(visit);
    else for (const operand of [node.left, node.right]) if (operand.kind === "variable") names.add(operand.name);
  };
  visit(marker);
  return names;
}
