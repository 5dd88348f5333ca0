import type { DocumentPath, TextDocument } from "../formats/text-document.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Origin } from "../model/origin.ts";
import { didYouMean } from "../model/suggestion.ts";

/** What is wrong at a place of enki.toml. */
export interface TableProblem {
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
  /** Whether the key or its value is to be underlined; the value when absent. */
  readonly part?: "key" | "value";
}

/** Where problems with a document go. */
export class ProblemCollector {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  readonly document: TextDocument;

  constructor(file: string, document: TextDocument) {
    this.file = file;
    this.document = document;
  }

  add(path: DocumentPath, { code, message, help, part }: TableProblem): void {
    const origin = this.originOf(path, part);
    const sourceLine = origin.line === undefined ? undefined : this.document.lineText(origin.line);
    this.diagnostics.push({
      code: `configuration-${code}`,
      severity: "error",
      message,
      origin,
      ...(sourceLine === undefined ? {} : { sourceLine }),
      ...(help === undefined ? {} : { help }),
    });
  }

  originOf(path: DocumentPath, part: "key" | "value" = "value"): Origin {
    return this.document.originOf(path, part) ?? { file: this.file };
  }
}

/** One table of a TOML document. What has the wrong type is reported and read as absent, so that all errors show at once. */
export class TableReader {
  readonly path: DocumentPath;
  readonly problems: ProblemCollector;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();

  constructor(value: object, path: DocumentPath, problems: ProblemCollector) {
    this.path = path;
    this.problems = problems;
    this.#values = new Map<string, unknown>(Object.entries(value));
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** The value as TOML gives it. */
  raw(key: string): unknown {
    this.#known.add(key);
    return this.#values.get(key);
  }

  string(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "string") return value;
    return this.#wrongType(key, "a string");
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    return this.#wrongType(key, "true or false");
  }

  /** A whole number of at least one. */
  count(key: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    return this.#wrongType(key, "a whole number above zero");
  }

  strings(key: string): readonly string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isList(value)) return this.#wrongType(key, "a list of strings");
    const strings = value.filter((element) => typeof element === "string");
    if (strings.length === value.length) return strings;
    const wrong = value.findIndex((element) => typeof element !== "string");
    this.problem([key, wrong], { code: "wrong-type", message: `each element of ${this.#name(key)} must be a string` });
    return undefined;
  }

  /** One of the given words. */
  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    const choice = choices.find((one) => one === value);
    if (choice === undefined) this.invalidValue([key], value, choices);
    return choice;
  }

  table(key: string): TableReader | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (isTable(value)) return new TableReader(value, [...this.path, key], this.problems);
    return this.#wrongType(key, "a table");
  }

  /** An array of tables, `[[key]]`. */
  tables(key: string): readonly TableReader[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!isList(value)) {
      this.#wrongType(key, `an array of tables, written [[${key}]]`);
      return [];
    }
    return value.flatMap((element, index) => {
      if (isTable(element)) return [new TableReader(element, [...this.path, key, index], this.problems)];
      this.problem([key, index], { code: "wrong-type", message: `each element of ${this.#name(key)} must be a table` });
      return [];
    });
  }

  problem(keys: DocumentPath, problem: TableProblem): void {
    this.problems.add([...this.path, ...keys], problem);
  }

  /** Reports a text that is not one of those allowed. */
  invalidValue(keys: DocumentPath, value: string, choices: readonly string[]): void {
    const suggestion = didYouMean(value, choices);
    const expected = `expected one of ${choices.join(", ")}`;
    this.problem(keys, {
      code: "invalid-value",
      message: `${JSON.stringify(value)} is not a value of ${this.#name(String(keys[0] ?? ""))}`,
      help: suggestion === undefined ? expected : `${suggestion} (${expected})`,
    });
  }

  origin(keys: DocumentPath, part?: "key" | "value"): Origin {
    return this.problems.originOf([...this.path, ...keys], part);
  }

  /** Reports the keys that nobody has asked for. `where` names the table in the message: `[service]`. */
  refuseOthers(where: string): void {
    for (const key of this.#values.keys()) {
      if (this.#known.has(key)) continue;
      this.problem([key], {
        code: "unknown-key",
        message: `${where} has no key ${JSON.stringify(key)}`,
        help: didYouMean(key, this.#known) ?? `it may have ${listWords([...this.#known])}`,
        part: "key",
      });
    }
  }

  #wrongType(key: string, expected: string): undefined {
    this.problem([key], { code: "wrong-type", message: `${this.#name(key)} must be ${expected}` });
    return undefined;
  }

  #name(key: string): string {
    return [...this.path, key].filter((step) => typeof step === "string").join(".");
  }
}

export function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function listWords(words: readonly string[]): string {
  return words.length === 0 ? "no key at all" : words.join(", ");
}
