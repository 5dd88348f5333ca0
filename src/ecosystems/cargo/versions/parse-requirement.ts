import type { CargoRequirement, Comparator, Operator } from "./requirement.ts";
import type { VersionNumber } from "./version.ts";
import { isBuild, isPrerelease, parseNumber } from "./version.ts";

/** A requirement that cargo refuses. */
export interface RequirementProblem {
  /** One sentence without a final full stop. */
  readonly problem: string;
  /** Where in the text, in UTF-16 units. */
  readonly offset: number;
  /** What to write instead, when the text looks like a range of another package manager. */
  readonly help?: string;
}

const maximumLength = 16_384;
/** The limit of the `semver` crate. */
const maximumComparators = 32;

/**
 * Reads a version requirement in cargo's syntax (the `semver` crate's `VersionReq`): comma-separated comparators, bare
 * versions mean caret, wildcards for trailing numbers.
 */
export function parseRequirement(text: string): CargoRequirement | RequirementProblem {
  if (text.length > maximumLength) return { problem: "the requirement is too long", offset: 0 };
  const scanner = new Scanner(text);
  scanner.skipSpaces();
  if (scanner.isWildcard()) {
    scanner.offset++;
    scanner.skipSpaces();
    if (scanner.isAtEnd()) return { text, comparators: [] };
    const problem =
      scanner.peek() === "," ? "a wildcard must be the only comparator" : "unexpected text after a wildcard";
    return { problem, offset: scanner.offset, ...helpFor(text) };
  }
  const comparators: Comparator[] = [];
  for (;;) {
    const comparator = readComparator(scanner);
    if ("problem" in comparator) return { ...comparator, ...helpFor(text) };
    comparators.push(comparator);
    if (scanner.isAtEnd()) return { text, comparators };
    if (scanner.peek() !== ",") {
      return { problem: "expected a comma or the end", offset: scanner.offset, ...helpFor(text) };
    }
    if (comparators.length === maximumComparators) {
      return { problem: `more than ${maximumComparators} comparators`, offset: scanner.offset };
    }
    scanner.offset++;
    scanner.skipSpaces();
  }
}

/** Whether reading gave a problem instead of a requirement. */
export function isRequirementProblem(result: CargoRequirement | RequirementProblem): result is RequirementProblem {
  return "problem" in result;
}

class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  peek(): string {
    return this.text.charAt(this.offset);
  }

  isAtEnd(): boolean {
    return this.offset >= this.text.length;
  }

  isWildcard(): boolean {
    const character = this.peek();
    return character === "*" || character === "x" || character === "X";
  }

  /** Only spaces separate: tabs and line ends are errors, as in the `semver` crate. */
  skipSpaces(): void {
    while (this.peek() === " ") this.offset++;
  }

  take(isWanted: (code: number) => boolean): string {
    const start = this.offset;
    while (!this.isAtEnd() && isWanted(this.text.charCodeAt(this.offset))) this.offset++;
    return this.text.slice(start, this.offset);
  }
}

function readComparator(scanner: Scanner): Comparator | RequirementProblem {
  const written = readOperator(scanner);
  let operator: Operator = written ?? "^";
  scanner.skipSpaces();
  const major = readNumber(scanner, "major");
  if (isProblem(major)) return major;

  let minor: VersionNumber | undefined;
  let patch: VersionNumber | undefined;
  let hasWildcard = false;
  for (const part of ["minor", "patch"] as const) {
    if (scanner.peek() !== ".") break;
    scanner.offset++;
    if (scanner.isWildcard()) {
      scanner.offset++;
      hasWildcard = true;
      if (written === undefined) operator = "*";
      continue;
    }
    if (hasWildcard) return { problem: "unexpected text after a wildcard", offset: scanner.offset };
    const number = readNumber(scanner, part);
    if (isProblem(number)) return number;
    if (part === "minor") minor = number;
    else patch = number;
  }

  let prerelease = "";
  if (patch !== undefined && scanner.peek() === "-") {
    const start = ++scanner.offset;
    prerelease = scanner.take(isIdentifierCode);
    if (!isPrerelease(prerelease)) return { problem: "an invalid pre-release tag", offset: start };
  }
  if (patch !== undefined && scanner.peek() === "+") {
    const start = ++scanner.offset;
    if (!isBuild(scanner.take(isIdentifierCode))) return { problem: "invalid build metadata", offset: start };
  }
  scanner.skipSpaces();
  return { operator, major, minor, patch, prerelease };
}

function readOperator(scanner: Scanner): Operator | undefined {
  const two = scanner.text.slice(scanner.offset, scanner.offset + 2);
  if (two === ">=" || two === "<=") {
    scanner.offset += 2;
    return two;
  }
  const one = scanner.peek();
  if (one === "=" || one === ">" || one === "<" || one === "~" || one === "^") {
    scanner.offset += 1;
    return one;
  }
  return undefined;
}

function readNumber(scanner: Scanner, part: "major" | "minor" | "patch"): VersionNumber | RequirementProblem {
  const start = scanner.offset;
  const digits = scanner.take((code) => code >= 48 && code <= 57);
  if (digits === "") {
    const found = scanner.isAtEnd() ? "the end" : `\`${scanner.peek()}\``;
    return { problem: `expected the ${part} version number, found ${found}`, offset: start };
  }
  return parseNumber(digits) ?? { problem: `an invalid ${part} version number`, offset: start };
}

function isProblem(value: VersionNumber | RequirementProblem): value is RequirementProblem {
  return typeof value === "object";
}

function isIdentifierCode(code: number): boolean {
  const isDigit = code >= 48 && code <= 57;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isDigit || isLetter || code === 45 || code === 46;
}

function helpFor(text: string): { help?: string } {
  if (text.trim() === "") return { help: 'write "*" for any version' };
  if (text.includes("||"))
    return { help: "cargo has no alternatives; declare the dependency twice under different names" };
  if (text.includes("~>")) return { help: 'write "~1.2" for the same minor version' };
  if (/^\s*v\d/u.test(text)) return { help: "write the version without the leading v" };
  if (/\d - \d/u.test(text)) return { help: 'write a range as ">=1, <=2"' };
  if (/\d [<>=^~]/u.test(text)) return { help: "separate comparators with commas" };
  if (/,\s*$/u.test(text)) return { help: "remove the trailing comma" };
  if (/^[=<>^~]+\s*[*xX]$/u.test(text.trim())) return { help: 'write "*" without an operator' };
  return {};
}
