/** Requirements on packages (PEP 508, "Dependency specifiers"): `name[extra]>=1 ; marker`, `name @ url`. */
import { markerText, readMarker, type Marker } from "./marker.ts";
import { normaliseName } from "./names.ts";
import { makeSpecifierSet, readSpecifier, type Specifier, type SpecifierSet } from "./specifier.ts";
import { remember } from "./remember.ts";
import { scan, type Parsed, type TextScanner } from "./text-scanner.ts";

/** One requirement. */
export interface PypiRequirement {
  /** As written. */
  readonly rawName: string;
  /** Normalised. */
  readonly name: string;
  /** Normalised, without repetitions, in the order written. */
  readonly extras: readonly string[];
  readonly specifiers: SpecifierSet;
  /** The specifiers exactly as written, without parentheses. */
  readonly specifierText: string;
  readonly url: string | undefined;
  readonly marker: Marker | undefined;
}

/** Reads a requirement. */
export const parseRequirement: (text: string) => Parsed<PypiRequirement> = remember((text) =>
  scan(text, readRequirement),
);

/** Reads a requirement that ends with the text. */
function readRequirement(scanner: TextScanner): PypiRequirement {
  scanner.skipBlanks();
  const rawName = scanner.match(/[A-Za-z0-9][A-Za-z0-9._-]*/y);
  if (rawName === undefined) return scanner.fail("expected a package name");
  if (!/[A-Za-z0-9]$/.test(rawName)) scanner.fail("a package name ends with a letter or a digit", scanner.at - 1);
  scanner.skipBlanks();
  const extras = readExtras(scanner);
  scanner.skipBlanks();
  let url: string | undefined;
  let specifiers: readonly Specifier[] = [];
  let specifierText = "";
  if (scanner.take("@")) {
    scanner.skipBlanks();
    url = scanner.match(/[^ \t\r\n]+/y) ?? scanner.fail("expected a URL after @");
  } else {
    const isParenthesised = scanner.take("(");
    const open = scanner.at - 1;
    scanner.skipBlanks();
    const start = scanner.at;
    specifiers = readSpecifiers(scanner);
    specifierText = scanner.text.slice(start, scanner.at).trim();
    scanner.skipBlanks();
    if (isParenthesised && !scanner.take(")")) scanner.fail("this parenthesis is not closed", open);
  }
  scanner.skipBlanks();
  let marker: Marker | undefined;
  if (scanner.take(";")) marker = readMarker(scanner);
  else if (!scanner.isAtEnd) {
    scanner.fail("expected a comma, a semicolon or the end of the requirement", scanner.at, scanner.text.length);
  }
  if (!scanner.isAtEnd) scanner.fail("expected the end of the requirement", scanner.at, scanner.text.length);
  return {
    rawName,
    name: normaliseName(rawName),
    extras,
    specifiers: makeSpecifierSet(specifiers),
    specifierText,
    url,
    marker,
  };
}

function readExtras(scanner: TextScanner): readonly string[] {
  const open = scanner.at;
  if (!scanner.take("[")) return [];
  const extras = new Set<string>();
  scanner.skipBlanks();
  if (scanner.take("]")) return [];
  for (;;) {
    scanner.skipBlanks();
    const extra = scanner.match(/[A-Za-z0-9][A-Za-z0-9._-]*/y);
    if (extra === undefined) return scanner.fail("expected the name of an extra");
    extras.add(normaliseName(extra));
    scanner.skipBlanks();
    if (scanner.take("]")) return [...extras];
    if (!scanner.take(",")) scanner.fail("expected a comma or ] in the list of extras", open, scanner.at + 1);
  }
}

function readSpecifiers(scanner: TextScanner): readonly Specifier[] {
  const specifiers: Specifier[] = [];
  while (/[<>=!~]/.test(scanner.text[scanner.at] ?? "")) {
    specifiers.push(readSpecifier(scanner));
    scanner.skipBlanks();
    if (!scanner.take(",")) break;
    scanner.skipBlanks();
  }
  return specifiers;
}

/** The requirement in one canonical spelling: extras and specifiers sorted, `name[a,b]<2,>=1; marker`. */
export function requirementText(requirement: PypiRequirement): string {
  const extras = requirement.extras.length === 0 ? "" : `[${requirement.extras.toSorted().join(",")}]`;
  const specifiers = specifierSetText(requirement.specifiers);
  const url = requirement.url === undefined ? "" : ` @ ${requirement.url}`;
  const beforeMarker = requirement.url === undefined ? "" : " ";
  const marker = requirement.marker === undefined ? "" : `${beforeMarker}; ${markerText(requirement.marker)}`;
  return `${requirement.rawName}${extras}${specifiers}${url}${marker}`;
}

/** The clauses of a set, sorted, without repetitions. */
export function specifierSetText(set: SpecifierSet): string {
  const texts = set.specifiers.map(({ operator, versionText }) => operator + versionText);
  return [...new Set(texts)].toSorted().join(",");
}
