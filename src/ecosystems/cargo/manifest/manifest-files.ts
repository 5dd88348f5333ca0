import { createHash } from "node:crypto";

import { parseTomlDocument } from "../../../formats/toml.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { ManifestContext } from "../../ecosystem.ts";
import type { ManifestFile } from "./manifest-document.ts";
import { directoryOf } from "./paths.ts";

/** Reads Cargo.toml files of one project, each at most once. */
export class ManifestFiles {
  readonly #context: ManifestContext;
  readonly #known = new Map<string, ManifestFile | undefined>();
  /** What was wrong with the files themselves. */
  readonly diagnostics: Diagnostic[] = [];

  constructor(context: ManifestContext) {
    this.#context = context;
  }

  /** Takes a file whose bytes are already known. */
  add(file: string, bytes: Uint8Array): ManifestFile | undefined {
    const manifest = this.#parse(file, bytes);
    this.#known.set(file, manifest);
    return manifest;
  }

  /** The manifest in `directory`; `undefined` when there is none or it is broken (then there is a diagnostic). */
  in(directory: string): ManifestFile | undefined {
    const file = directory === "" ? "Cargo.toml" : `${directory}/Cargo.toml`;
    if (this.#known.has(file)) return this.#known.get(file);
    const bytes = this.#context.files.readFile(`${this.#context.projectDirectory}/${file}`);
    const manifest = bytes === undefined ? undefined : this.#parse(file, bytes);
    this.#known.set(file, manifest);
    return manifest;
  }

  /** The directories inside of `directory`. */
  subdirectories(directory: string): readonly string[] {
    const { files, projectDirectory } = this.#context;
    const absolute = directory === "" ? projectDirectory : `${projectDirectory}/${directory}`;
    return (files.readDirectory(absolute) ?? []).filter((name) => files.kind(`${absolute}/${name}`) === "directory");
  }

  #parse(file: string, bytes: Uint8Array): ManifestFile | undefined {
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      this.diagnostics.push({
        code: "cargo-not-utf8",
        severity: "error",
        message: `${file} is not UTF-8`,
        origin: { file },
      });
      return undefined;
    }
    const { document, diagnostics } = parseTomlDocument(file, text);
    this.diagnostics.push(...diagnostics);
    if (document === undefined) return undefined;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { file, directory: directoryOf(file), sha256, document };
  }
}
