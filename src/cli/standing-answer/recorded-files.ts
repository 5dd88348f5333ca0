import { hash } from "node:crypto";
import type { FileSystem } from "../../model/file-system.ts";
import { compareBytewise } from "../../model/order.ts";
import { isPassedOver } from "../../workspace/find-manifests.ts";

/** A question to a file system, and a digest of its answer; `null` when there was nothing. */
export type Sight = readonly [question: keyof FileSystem, path: string, answer: string | null];

/** A file system that remembers what was seen in it. */
export class RecordedFiles implements FileSystem {
  readonly #files: FileSystem;
  readonly #sights = new Map<string, Sight>();
  readonly #listings = new Map<string, readonly string[]>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** All that was seen. */
  get sights(): readonly Sight[] {
    return [...this.#sights.values()];
  }

  /** What would have been seen if the files that were written from it had been there already, but for those files. */
  sightsAround(written: readonly string[]): readonly Sight[] {
    const added = new Map<string, Set<string>>();
    for (const path of written) {
      for (let at = path; at.lastIndexOf("/") > 0;) {
        const folder = at.slice(0, at.lastIndexOf("/"));
        added.set(folder, (added.get(folder) ?? new Set()).add(at.slice(folder.length + 1)));
        at = folder;
      }
    }
    const files = new Set(written);
    return [...this.#sights.values()].flatMap((sight): readonly Sight[] => {
      const [question, path] = sight;
      const names = added.get(path.replace(/\/+$/, ""));
      if (question === "readDirectory" && names !== undefined) {
        const listing = new Set([...(this.#listings.get(path) ?? []), ...names]);
        return [[question, path, digestOfDirectory([...listing].toSorted(compareBytewise))]];
      }
      // A folder that was made for what was written is there from now on.
      return files.has(path) || (question === "kind" && names !== undefined) ? [] : [sight];
    });
  }

  readFile(path: string): Uint8Array | undefined {
    const bytes = this.#files.readFile(path);
    this.#note(["readFile", path, digestOfFile(bytes)]);
    return bytes;
  }

  readDirectory(path: string): readonly string[] | undefined {
    const names = this.#files.readDirectory(path);
    this.#note(["readDirectory", path, digestOfDirectory(names)]);
    if (names !== undefined && !this.#listings.has(path)) this.#listings.set(path, names);
    return names;
  }

  kind(path: string): "file" | "directory" | undefined {
    const kind = this.#files.kind(path);
    this.#note(["kind", path, kind ?? null]);
    return kind;
  }

  /** The first answer counts: what was decided from it must not be taken for a result of a later one. */
  #note(sight: Sight): void {
    const key = `${sight[0]} ${sight[1]}`;
    if (!this.#sights.has(key)) this.#sights.set(key, sight);
  }
}

/** Whether a file system gives the same answers again. */
export function looksTheSame(files: FileSystem, sights: readonly Sight[]): boolean {
  return sights.every(([question, path, answer]) => answerOf(files, question, path) === answer);
}

function answerOf(files: FileSystem, question: keyof FileSystem, path: string): string | null {
  if (question === "readFile") return digestOfFile(files.readFile(path));
  return question === "readDirectory" ? digestOfDirectory(files.readDirectory(path)) : (files.kind(path) ?? null);
}

/** SHA-256. */
export function digestOf(content: string | Uint8Array): string {
  return hash("sha256", content, "base64");
}

function digestOfFile(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : digestOf(bytes);
}

/** What is installed or built in a project, and what is hidden, decides nothing: no search goes there. */
function digestOfDirectory(names: readonly string[] | undefined): string | null {
  return names === undefined ? null : digestOf(JSON.stringify(names.filter((name) => !isPassedOver(name))));
}
