/** Reads requirements files of pip (pip's "Requirements File Format"): requirements, comments, continuations, options. */
import { dirname, join, normalize } from "node:path";
import type { FileSystem } from "../../../model/file-system.ts";
import type { Origin } from "../../../model/origin.ts";
import { ManifestProblems } from "./manifest-text.ts";
import { directSourceOf } from "../direct-url.ts";
import { findLinks } from "./find-links.ts";
import {
  emptyDocument,
  type DirectSource,
  type DocumentIndex,
  type PypiDocument,
  type RootRequirement,
} from "./pypi-document.ts";
import { isPlace, withName } from "./unnamed-requirement.ts";
import { parseRequirement } from "../pep/requirement.ts";
import { normaliseName } from "../pep/names.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";

/** Where included files are read. */
export interface RequirementsContext {
  readonly projectDirectory: string;
  readonly files: FileSystem;
}

/** A logical line: continuations joined, comments removed. */
interface LogicalLine {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

interface Collected {
  requirements: RootRequirement[];
  constraints: RootRequirement[];
  indexes: DocumentIndex[];
  replacesPublicIndex: boolean;
  sources: Map<string, DirectSource>;
  noBuild: string[];
  noBinary: string[];
  allowsPrereleases: boolean;
  diagnostics: Diagnostic[];
}

/** Where the lines of a file go. */
interface Destination {
  readonly into: "requirements" | "constraints";
  readonly context: RequirementsContext;
  readonly collected: Collected;
  /** The files that are being read: the main one, what it includes, and so on to this one. */
  readonly open: readonly string[];
}

/** The same while a file is being read. */
interface Reading extends Destination {
  readonly problems: ManifestProblems;
}

/** Reads a requirements file and those that it includes. */
export function readRequirementsTxt(
  file: string,
  text: string,
  context: RequirementsContext,
): { readonly document?: PypiDocument; readonly diagnostics: readonly Diagnostic[] } {
  const collected: Collected = {
    requirements: [],
    constraints: [],
    indexes: [],
    replacesPublicIndex: false,
    sources: new Map(),
    noBuild: [],
    noBinary: [],
    allowsPrereleases: false,
    diagnostics: [],
  };
  readFile(file, text, { into: "requirements", context, collected, open: [file] });
  const { diagnostics } = collected;
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  const document: PypiDocument = {
    ...emptyDocument,
    requirements: collected.requirements,
    constraints: collected.constraints,
    indexes: collected.indexes,
    replacesPublicIndex: collected.replacesPublicIndex,
    sources: [...collected.sources].map(([name, source]) => ({ package: name, source })),
    noBuild: collected.noBuild,
    noBinary: collected.noBinary,
    prerelease: collected.allowsPrereleases ? "allow" : undefined,
  };
  return { document, diagnostics };
}

function readFile(file: string, text: string, destination: Destination): void {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const problems = new ManifestProblems(file, (line) => lines[line - 1] ?? "");
  const reading: Reading = { ...destination, problems };
  for (const logical of logicalLines(lines)) {
    const origin: Origin = { file, line: logical.line, column: logical.column, length: logical.text.length };
    if (logical.text.startsWith("-")) {
      readOption(logical.text, origin, reading);
    } else {
      readRequirementLine(logical.text, origin, reading);
    }
  }
  destination.collected.diagnostics.push(...problems.diagnostics);
}

function readRequirementLine(
  line: string,
  origin: Origin,
  { into, problems, context, collected, open: [main = ""] }: Reading,
): RootRequirement | undefined {
  // Options of one requirement (`--hash=sha256:…`) follow it.
  const [written = "", ...options] = line.split(/\s--(?=(?:hash|global-option|config-settings?)\b)/);
  const text = written.trim();
  const hashes = options.flatMap(
    (option) => /^hash[=\s]+sha256:([0-9a-f]{64})\s*$/i.exec(option)?.[1]?.toLowerCase() ?? [],
  );
  const directory = join(context.projectDirectory, dirname(main));
  const named = isPlace(text) ? withName(text, directory, context.files) : text;
  if (named === undefined) {
    problems.add(
      "error",
      "pypi-unnamed-requirement",
      "only a build could tell the name of what is there",
      origin,
      `write "name @ ${/^[a-z+]+:/i.test(text) ? text : `file:${text}`}"`,
    );
    return undefined;
  }
  const parsed = parseRequirement(named);
  if (!parsed.ok) {
    problems.addInside(parsed.problem, text, origin, 0);
    return undefined;
  }
  const requirement: RootRequirement = {
    requirement: parsed.value,
    text: named,
    origin: { ...origin, length: text.length },
    kind: "runtime",
    ...(hashes.length === 0 ? {} : { hashes }),
  };
  collected[into].push(requirement);
  return requirement;
}

/** A path whose files are used where they are, so that changes of them need no new installation. */
function readEditable(value: string, origin: Origin, reading: Reading): void {
  // Everything behind `-e` is a place, also a bare word.
  const place = isPlace(value) || value.includes("@") ? value : `./${value}`;
  const read = readRequirementLine(place, origin, reading);
  const source = read?.requirement.url === undefined ? undefined : directSourceOf(read.requirement.url);
  if (read !== undefined && source?.kind === "path") {
    reading.collected.sources.set(read.requirement.name, { ...source, isEditable: true });
  }
}

function readOption(line: string, origin: Origin, reading: Reading): void {
  const { into, problems, collected } = reading;
  const found = /^(--?[A-Za-z][A-Za-z-]*)(?:\s*=\s*|\s+|(?=[^-\s=A-Za-z])|$)(.*)$/.exec(line);
  const option = found?.[1] ?? line;
  const value = (found?.[2] ?? "").trim().replace(/^(["'])(.*)\1$/, "$2");
  switch (option) {
    case "-r":
    case "--requirement":
    case "-c":
    case "--constraint": {
      const target = option.startsWith("-c") || option === "--constraint" ? "constraints" : into;
      includeFile(value, origin, { ...reading, into: target });
      return;
    }
    case "-i":
    case "--index-url":
      collected.indexes.push({ name: undefined, url: value, isExplicit: false });
      collected.replacesPublicIndex = true;
      return;
    case "-f":
    case "--find-links":
      collected.indexes.unshift(findLinks(value));
      return;
    case "--no-index":
      collected.replacesPublicIndex = true;
      return;
    case "--extra-index-url":
      // pip gives all indexes the same rank; here an extra one comes first, as in uv.
      collected.indexes.unshift({ name: undefined, url: value, isExplicit: false });
      return;
    case "--pre":
      collected.allowsPrereleases = true;
      return;
    case "--no-binary":
      collected.noBinary.push(...packageList(value));
      return;
    case "--only-binary":
      collected.noBuild.push(...packageList(value));
      return;
    case "-e":
    case "--editable":
      readEditable(value, origin, reading);
      return;
    case "--require-hashes":
    case "--prefer-binary":
    case "--trusted-host":
    case "--use-feature":
      return;
    default:
      problems.add("warning", "pypi-unknown-option", `the option ${option} is passed over`, origin);
  }
}

function includeFile(value: string, origin: Origin, { into, problems, context, collected, open }: Reading): void {
  const path = normalize(join(dirname(problems.file), value)).replaceAll("\\", "/");
  if (open.includes(path)) {
    problems.add("error", "pypi-include-cycle", `${path} includes itself`, origin);
    return;
  }
  const body = context.files.readFile(join(context.projectDirectory, path));
  if (body === undefined) {
    problems.add("error", "pypi-missing-file", `there is no file ${path}`, origin);
    return;
  }
  readFile(path, new TextDecoder().decode(body), { into, context, collected, open: [...open, path] });
}

function packageList(value: string): readonly string[] {
  return value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== ":none:")
    .map((name) => (name === ":all:" ? name : normaliseName(name)));
}

/** Joins lines that end in a backslash, and removes comments (`#` at the start or after a blank). */
function* logicalLines(lines: readonly string[]): Generator<LogicalLine> {
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let text = lines[index] ?? "";
    while (text.endsWith("\\") && !isComment(text) && index + 1 < lines.length) {
      index++;
      text = `${text.slice(0, -1)} ${(lines[index] ?? "").trimStart()}`;
    }
    const comment = isComment(text) ? 0 : text.search(/\s#/);
    const content = comment < 0 ? text : text.slice(0, comment);
    const trimmed = content.trim();
    if (trimmed === "") continue;
    yield { text: trimmed, line: first + 1, column: content.length - content.trimStart().length + 1 };
  }
}

function isComment(text: string): boolean {
  return text.trimStart().startsWith("#");
}
