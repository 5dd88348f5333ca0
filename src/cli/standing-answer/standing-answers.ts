import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { FileSystem } from "../../model/file-system.ts";
import type { OutputFile } from "../../model/resolution.ts";
import { writeFileAtomically } from "../../net/atomic-write.ts";
import type { TargetStatistics } from "../../resolve/request.ts";
import { digestOf, looksTheSame, type RecordedFiles, type Sight } from "./recorded-files.ts";

/** The folder within Enki's cache, with the version of the files' form. */
const formatFolder = "answers-v1";

/** How the name of a file ends that holds the files of an answer. */
const contentsEnding = ".files";

/**
 * An answer is recalled for an hour at most, whatever a registry says of its documents: policies may speak of the age of
 * releases.
 */
const longestRecallMs = 3_600_000;

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

/** An answer that need not be found again, with the files that it consists of. */
export interface RecalledAnswer extends StandingAnswer {
  readonly files: readonly OutputFile[];
}

/** A file of {@link StandingAnswers}. */
interface StoredAnswer {
  readonly question: string;
  /** What the answer was made from, as it is since its files were written. */
  readonly inputs: readonly Sight[];
  readonly outputs: readonly Sight[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly (Omit<TargetStatistics, "tools"> & { readonly tools: readonly [string, string][] })[];
  readonly origin?: Origin;
}

/** What an answer was made from before there was any of it. */
interface Origin {
  readonly inputs: readonly Sight[];
  /** The moment, in milliseconds since 1970, until which the registries would not have been asked again. */
  readonly untilMs: number;
}

/**
 * Which questions were answered by the files that lie in the project (decision 0804). Where everything that the answer was
 * made from is as it was, and everything that was written too, there is nothing to solve; and where all is as it was before
 * and what the registries said still counts, there is only to write. A small file per project and kind of question, in the
 * cache, and one with what was written; what is damaged or can't be written is not there.
 */
export class StandingAnswers {
  readonly #folder: string;
  readonly #files: FileSystem;
  readonly #nowMs: () => number;

  constructor(cacheDirectory: string, files: FileSystem, nowMs: () => number) {
    this.#folder = join(cacheDirectory, formatFolder);
    this.#files = files;
    this.#nowMs = nowMs;
  }

  /** The answer to a question, if it was given and still stands. */
  find(asked: AnsweredQuestion): StandingAnswer | undefined {
    const stored = this.#stored(asked);
    if (stored === undefined) return undefined;
    const stands = looksTheSame(this.#files, stored.outputs) && looksTheSame(this.#files, stored.inputs);
    return stands ? answerOf(stored) : undefined;
  }

  /** The answer to a question, if it was given and would be found again, its files wanting. */
  recall(asked: AnsweredQuestion): RecalledAnswer | undefined {
    const stored = this.#stored(asked);
    if (stored?.origin === undefined || this.#nowMs() >= stored.origin.untilMs) return undefined;
    if (!looksTheSame(this.#files, stored.origin.inputs)) return undefined;
    const files = read(this.#contentsOf(asked)) as readonly OutputFile[] | undefined;
    const isWhole =
      files?.length === stored.outputs.length &&
      files.every(({ content }, index) => digestOf(content) === stored.outputs[index]?.[2]);
    return isWhole ? { ...answerOf(stored), files } : undefined;
  }

  /**
   * Notes that a question was answered: by `files`, which lie in the project now, from all that was `seen` and what
   * registries said, which holds until `untilMs` (milliseconds since 1970).
   */
  keep(
    asked: AnsweredQuestion,
    { seen, files, projectDirectory }: AnswerFiles,
    answer: StandingAnswer,
    untilMs: number,
  ): void {
    const outputs = files.map(({ path, content }): Sight => [
      "readFile",
      `${projectDirectory}/${path}`,
      digestOf(content),
    ]);
    const nowMs = this.#nowMs();
    const isRecallable = untilMs > nowMs;
    const origin = { inputs: seen.sights, untilMs: Math.min(untilMs, nowMs + longestRecallMs) };
    const stored: StoredAnswer = {
      question: digestOf(asked.question),
      inputs: seen.sightsAround(outputs.map(([, path]) => path)),
      outputs,
      diagnostics: answer.diagnostics,
      statistics: answer.statistics.map((one) => ({ ...one, tools: [...one.tools] })),
      ...(isRecallable && { origin }),
    };
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (isRecallable) write(this.#contentsOf(asked), files);
      write(this.#pathOf(asked), stored);
    } catch {
      // The next run solves again.
    }
  }

  /** Forgets what answers consist of: somebody wants to know what registries say now. Those that stand go on standing. */
  forgetContents(): void {
    try {
      for (const name of readdirSync(this.#folder)) {
        if (name.endsWith(contentsEnding)) rmSync(join(this.#folder, name), { force: true });
      }
    } catch {
      // There are none.
    }
  }

  #stored(asked: AnsweredQuestion): StoredAnswer | undefined {
    const stored = read(this.#pathOf(asked)) as StoredAnswer | undefined;
    return stored?.question === digestOf(asked.question) ? stored : undefined;
  }

  #pathOf({ asker }: AnsweredQuestion): string {
    return join(this.#folder, checksumOf(asker));
  }

  #contentsOf(asked: AnsweredQuestion): string {
    return `${this.#pathOf(asked)}${contentsEnding}`;
  }
}

function answerOf({ diagnostics, statistics }: StoredAnswer): StandingAnswer {
  return { diagnostics, statistics: statistics.map((one) => ({ ...one, tools: new Map(one.tools) })) };
}

/** What {@link write} wrote; `undefined` for what is not there or was damaged. */
function read(path: string): unknown {
  try {
    const content = readFileSync(path, "utf8");
    const lineEnd = content.indexOf("\n");
    const text = content.slice(lineEnd + 1);
    return checksumOf(text) === content.slice(0, lineEnd) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function write(path: string, value: object): void {
  const text = JSON.stringify(value);
  writeFileAtomically(path, `${checksumOf(text)}\n${text}`, { mode: 0o600, isDurable: false });
}

/** As in every file of the cache: the hexadecimal SHA-256 of all that follows. */
function checksumOf(text: string): string {
  return hash("sha256", text);
}
