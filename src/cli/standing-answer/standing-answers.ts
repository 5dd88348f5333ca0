import { hash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { FileSystem } from "../../model/file-system.ts";
import type { OutputFile } from "../../model/resolution.ts";
import { writeFileAtomically } from "../../net/atomic-write.ts";
import type { TargetStatistics } from "../../resolve/request.ts";
import { digestOf, looksTheSame, type RecordedFiles, type Sight } from "./recorded-files.ts";

/** The folder within Enki's cache, with the version of the files' form. */
const formatFolder = "answers-v1";

/** What a run said besides its lock. */
export interface StandingAnswer {
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly TargetStatistics[];
}

/** What an answer holds for. */
export interface AnsweredQuestion {
  /** Who asks: an answer replaces the one before it. */
  readonly asker: string;
  /** Everything that was asked besides files: flags, settings, variables, Enki's version. */
  readonly question: string;
}

/** The files that an answer has to do with. */
export interface AnswerFiles {
  readonly seen: RecordedFiles;
  /** All that the answer consists of, changed or not; relative to the project. */
  readonly files: readonly OutputFile[];
  readonly projectDirectory: string;
}

/** A file of {@link StandingAnswers}. */
interface StoredAnswer {
  readonly question: string;
  readonly inputs: readonly Sight[];
  readonly outputs: readonly Sight[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly (Omit<TargetStatistics, "tools"> & { readonly tools: readonly [string, string][] })[];
}

/**
 * Which questions were answered by the files that lie in the project (decision 0804). Where everything that the answer was
 * made from is as it was, and everything that was written too, there is nothing to solve. One small file per project and
 * kind of question, in the cache; what is damaged or can't be written is not there.
 */
export class StandingAnswers {
  readonly #folder: string;
  readonly #files: FileSystem;

  constructor(cacheDirectory: string, files: FileSystem) {
    this.#folder = join(cacheDirectory, formatFolder);
    this.#files = files;
  }

  /** The answer to a question, if it was given and still stands. */
  find({ asker, question }: AnsweredQuestion): StandingAnswer | undefined {
    const stored = this.#read(asker);
    if (stored === undefined || stored.question !== digestOf(question)) return undefined;
    if (!looksTheSame(this.#files, stored.outputs) || !looksTheSame(this.#files, stored.inputs)) return undefined;
    const statistics = stored.statistics.map((one) => ({ ...one, tools: new Map(one.tools) }));
    return { diagnostics: stored.diagnostics, statistics };
  }

  /** Notes that a question was answered: by `files`, which lie in the project now, from all that was `seen`. */
  keep(
    { asker, question }: AnsweredQuestion,
    { seen, files, projectDirectory }: AnswerFiles,
    answer: StandingAnswer,
  ): void {
    const outputs = files.map(({ path, content }): Sight => [
      "readFile",
      `${projectDirectory}/${path}`,
      digestOf(content),
    ]);
    const stored: StoredAnswer = {
      question: digestOf(question),
      inputs: seen.sightsAround(outputs.map(([, path]) => path)),
      outputs,
      diagnostics: answer.diagnostics,
      statistics: answer.statistics.map((one) => ({ ...one, tools: [...one.tools] })),
    };
    const text = JSON.stringify(stored);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const content = `${checksumOf(text)}\n${text}`;
      writeFileAtomically(this.#pathOf(asker), content, { mode: 0o600, isDurable: false });
    } catch {
      // The next run solves again.
    }
  }

  #read(asker: string): StoredAnswer | undefined {
    try {
      const content = readFileSync(this.#pathOf(asker), "utf8");
      const lineEnd = content.indexOf("\n");
      const text = content.slice(lineEnd + 1);
      return checksumOf(text) === content.slice(0, lineEnd) ? (JSON.parse(text) as StoredAnswer) : undefined;
    } catch {
      return undefined;
    }
  }

  #pathOf(asker: string): string {
    return join(this.#folder, checksumOf(asker));
  }
}

/** As in every file of the cache: the hexadecimal SHA-256 of all that follows. */
function checksumOf(text: string): string {
  return hash("sha256", text);
}
