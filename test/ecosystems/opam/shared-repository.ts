import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const data = path.resolve(import.meta.dirname, "../../../../shared/data/opam");

/** The folder of shared opam data, or `undefined` (with a word on the console) when this machine has none. */
export function sharedOpamData(): string | undefined {
  if (existsSync(path.join(data, "opam-repository.tar.xz"))) return data;
  console.warn("skipped: there is no ../shared/data/opam");
  return undefined;
}

/** The public repository as a plain tar in a temporary folder; unpacked once per machine. */
export function sharedRepositoryTar(shared: string): string {
  const target = path.join(tmpdir(), "enki-shared", "opam-repository.tar");
  return prepared(target, (temporary) => {
    const maxBuffer = 1 << 30;
    writeFileSync(temporary, execFileSync("xz", ["-dc", path.join(shared, "opam-repository.tar.xz")], { maxBuffer }));
  });
}

/** The public repository as a directory, for tools that want one. */
export function sharedRepositoryDirectory(shared: string): string {
  const target = path.join(tmpdir(), "enki-shared", "opam-repository");
  return prepared(target, (temporary) => {
    mkdirSync(temporary);
    execFileSync("tar", ["-xJf", path.join(shared, "opam-repository.tar.xz"), "-C", temporary]);
  });
}

/** What OCaml's own parser said about each file of the repository: `{file, items}` per line. */
export function referenceAst(shared: string): readonly string[] {
  const maxBuffer = 1 << 30;
  const text = execFileSync("xz", ["-dc", path.join(shared, "reference-ast.jsonl.xz")], { maxBuffer }).toString("utf8");
  return text.trimEnd().split("\n");
}

/** What opam 2.6.1 with its 0install solver answered for one goal. */
export interface RecordedAnswer {
  readonly target: string;
  /** 0 solved, 20 no solution, 5 nothing of that name. */
  readonly rc: number;
  /** `name.version` texts. */
  readonly sel: readonly string[];
}

export function recordedAnswers(shared: string): readonly RecordedAnswer[] {
  const lines = readFileSync(path.join(shared, "opam-2.6-answers.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RecordedAnswer);
}

/** Makes `target` under a name of its own first, so that nobody ever sees half of it. */
function prepared(target: string, make: (temporary: string) => void): string {
  if (existsSync(target)) return target;
  mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  make(temporary);
  if (existsSync(target)) rmSync(temporary, { recursive: true });
  else renameSync(temporary, target);
  return target;
}
