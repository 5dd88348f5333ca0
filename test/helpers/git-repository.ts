import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Runs git with an identity and a date of its own, so that commits are always the same. */
export function git(directory: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"];
  const date = "2026-01-01T00:00:00Z";
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", [...identity, ...args], { cwd: directory, env, encoding: "utf8", stdio: "pipe" }).trim();
}

/** A bare repository and the folder that it was made from. */
export interface MadeRepository {
  /** `file://…`, the bare one. */
  readonly url: string;
  readonly bare: string;
  readonly work: string;
  readonly commit: string;
}

/** Makes a repository with one commit of these files, a branch `feat/x` and an annotated tag `v1`. */
export function makeRepository(
  files: Readonly<Record<string, string>>,
  prepare?: (work: string) => void,
): MadeRepository {
  const directory = temporaryDirectory();
  const [work, bare] = [join(directory, "work"), join(directory, "made.git")];
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(work, dirname(path)), { recursive: true });
    writeFileSync(join(work, path), content);
  }
  git(work, "init", "-q");
  prepare?.(work);
  git(work, "add", ".");
  git(work, "commit", "-q", "-m", "first");
  git(work, "branch", "feat/x");
  git(work, "tag", "-a", "v1", "-m", "v1");
  git(directory, "clone", "-q", "--bare", "work", "made.git");
  return { url: `file://${bare}`, bare, work, commit: git(work, "rev-parse", "HEAD") };
}
