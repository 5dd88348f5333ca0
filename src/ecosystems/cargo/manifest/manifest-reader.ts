import type { DocumentPath, TextDocument } from "../../../formats/text-document.ts";
import type { Diagnostic, Severity } from "../../../model/diagnostic.ts";
import type { Origin } from "../../../model/origin.ts";
import { didYouMean } from "../../../model/suggestion.ts";

/** A TOML table: its objects have no prototype, so every key is safe to look up. */
export interface TomlTable {
  readonly [key: string]: unknown;
}

/** Reads typed values out of one manifest and collects what is wrong with it, each with its place. */
export class ManifestReader {
  readonly file: string;
  readonly diagnostics: Diagnostic[];
  readonly #document: TextDocument;

  constructor(file: string, document: TextDocument, diagnostics: Diagnostic[]) {
    this.file = file;
    this.#document = document;
    this.diagnostics = diagnostics;
  }

  get root(): TomlTable {
    return asTable(this.#document.value) ?? {};
  }

  origin(path: DocumentPath, part: "key" | "value" = "value"): Origin {
    for (let length = path.length; length > 0; length--) {
      const origin = this.#document.originOf(path.slice(0, length), part);
      if (origin !== undefined) return origin;
    }
    return { file: this.file, line: 1, column: 1, length: 0 };
  }

  report(severity: Severity, code: string, message: string, path: DocumentPath, options: ReportOptions = {}): void {
    const whole = this.origin(path, options.part ?? "value");
    const origin = options.offset === undefined ? whole : within(whole, options.offset);
    const sourceLine = origin.line === undefined ? undefined : this.#document.lineText(origin.line);
    this.diagnostics.push({
      code: `cargo-${code}`,
      severity,
      message,
      origin,
      ...(sourceLine === undefined ? {} : { sourceLine }),
      ...(options.help === undefined ? {} : { help: options.help }),
    });
  }

  error(code: string, message: string, path: DocumentPath, options: ReportOptions = {}): void {
    this.report("error", code, message, path, options);
  }

  string(table: TomlTable, key: string, path: DocumentPath): string | undefined {
    return this.#typed(table, key, path, "a string", (value) => (typeof value === "string" ? value : undefined));
  }

  boolean(table: TomlTable, key: string, path: DocumentPath): boolean | undefined {
    return this.#typed(table, key, path, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  strings(table: TomlTable, key: string, path: DocumentPath): readonly string[] | undefined {
    return this.#typed(table, key, path, "a list of strings", (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined,
    );
  }

  table(table: TomlTable, key: string, path: DocumentPath): TomlTable | undefined {
    return this.#typed(table, key, path, "a table", asTable);
  }

  /** Warns about every key of `table` that is not in `known`. */
  warnUnknown(table: TomlTable, known: ReadonlySet<string>, path: DocumentPath): void {
    for (const key of Object.keys(table)) {
      if (known.has(key)) continue;
      const name = [...path, key].join(".");
      const help = didYouMean(key, known);
      this.report("warning", "unknown-key", `unknown key \`${name}\``, [...path, key], { part: "key", help });
    }
  }

  #typed<T>(
    table: TomlTable,
    key: string,
    path: DocumentPath,
    expected: string,
    read: (value: unknown) => T | undefined,
  ): T | undefined {
    const value = table[key];
    if (value === undefined) return undefined;
    const result = read(value);
    if (result === undefined) this.error("wrong-type", `\`${key}\` must be ${expected}`, [...path, key]);
    return result;
  }
}

export interface ReportOptions {
  readonly part?: "key" | "value";
  readonly help?: string | undefined;
  /** The offset of the problem inside of a string value, in UTF-16 units. */
  readonly offset?: number;
}

/** The value as a table, if it is one. */
export function asTable(value: unknown): TomlTable | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as TomlTable) : undefined;
}

/** A place inside of a quoted value: behind the opening quote. */
function within(origin: Origin, offset: number): Origin {
  const { column, length } = origin;
  if (column === undefined || length === undefined || length < offset + 2) return origin;
  return { ...origin, column: column + 1 + offset, length: Math.max(1, length - 2 - offset) };
}
