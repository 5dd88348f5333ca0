import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnkiError } from "../../model/enki-error.ts";
import { redactUrl } from "../redact.ts";
import type { GitClient, GitReference, GitSnapshot } from "./git-client.ts";
import { GitCommand } from "./git-command.ts";
import { GitTree } from "./git-tree.ts";

/** What repositories are read with. */
export interface GitOptions {
  /** Where repositories are kept between runs; a temporary folder when absent. */
  readonly cacheDirectory?: string;
  readonly isOffline: boolean;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

const FULL_COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Addresses that git may be given: no remote helpers (`ext::`), which run programs, and nothing that looks like a flag. */
const ALLOWED_URL = /^(?:(?:https?|ssh|git|file):\/\/[^\s\0]+|[\w.-]+@[\w.-]+:(?!\/\/)[^\s\0]+)$/i;

/** Reads repositories with the program git: bare ones, one for each address, of which only what is asked for is fetched. */
export function createGitClient(options: GitOptions): GitClient {
  return new GitRepositories(options);
}

class GitRepositories implements GitClient {
  readonly #options: GitOptions;
  readonly #git: GitCommand;
  readonly #snapshots = new Map<string, Promise<GitSnapshot>>();
  /** One thing at a time happens to each repository. */
  readonly #queues = new Map<string, Promise<unknown>>();
  #temporary: string | undefined;

  constructor(options: GitOptions) {
    this.#options = options;
    this.#git = new GitCommand(options.environmentVariables, options.signal);
  }

  get isUsed(): boolean {
    return this.#snapshots.size > 0;
  }

  snapshot(url: string, reference: GitReference, locked?: string): Promise<GitSnapshot> {
    const key = JSON.stringify([url, reference, locked]);
    const known = this.#snapshots.get(key);
    if (known !== undefined) return known;
    const before = this.#queues.get(url) ?? Promise.resolve();
    const made = before.then(() => this.#open(url, reference, locked));
    this.#queues.set(
      url,
      made.catch(() => undefined),
    );
    this.#snapshots.set(key, made);
    return made;
  }

  close(): Promise<void> {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
    this.#temporary = undefined;
    return Promise.resolve();
  }

  async #open(url: string, reference: GitReference, locked: string | undefined): Promise<GitSnapshot> {
    if (!ALLOWED_URL.test(url)) {
      throw new EnkiError("unsupported", `${JSON.stringify(redactUrl(url))} is no address of a git repository`, {
        hint: "Enki reads https, http, ssh, git and file addresses",
      });
    }
    const directory = await this.#repositoryOf(url);
    const commit = locked ?? (await this.#commitOf(directory, url, reference));
    await this.#fetch(directory, url, commit);
    return GitTree.open(this.#git, directory, commit);
  }

  /** The bare repository in which everything of `url` is kept. */
  async #repositoryOf(url: string): Promise<string> {
    const base = this.#options.cacheDirectory ?? (this.#temporary ??= mkdtempSync(join(tmpdir(), "enki-git-")));
    const name = createHash("sha256").update(url).digest("hex");
    const directory = join(base, "git-v1", name);
    if (existsSync(join(directory, "HEAD"))) return directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const made = await this.#git.run(directory, ["init", "--quiet", "--bare", "--template=", "."]);
    if (made.status !== 0) throw new EnkiError("network", `git can't keep ${redactUrl(url)}: ${made.stderr.trim()}`);
    return directory;
  }

  async #commitOf(directory: string, url: string, reference: GitReference): Promise<string> {
    if (reference.kind === "rev" && FULL_COMMIT.test(reference.name)) return reference.name;
    if (this.#options.isOffline) throw offline(url, describe(reference));
    const { status, stdout, stderr } = await this.#git.run(directory, ["ls-remote", "--quiet", "--", url]);
    if (status !== 0) throw unreachable(url, stderr);
    const references = parseReferences(stdout.toString("utf8"));
    const found = lookUp(references, reference);
    if (found !== undefined) return found;
    if (reference.kind === "rev") {
      // An abbreviated commit, which only the whole history can tell.
      await this.#fetchAll(directory, url);
      const { stdout: parsed } = await this.#git.run(directory, [
        "rev-parse",
        "--quiet",
        "--verify",
        "--end-of-options",
        `${reference.name}^{commit}`,
      ]);
      const commit = parsed.toString("utf8").trim();
      if (FULL_COMMIT.test(commit)) return commit;
    }
    throw new EnkiError("not-found", `the git repository ${redactUrl(url)} has no ${describe(reference)}`);
  }

  /** Makes sure that a commit is there: alone if the server gives it so, else with the whole history. */
  async #fetch(directory: string, url: string, commit: string): Promise<void> {
    if (await this.#has(directory, commit)) return;
    if (this.#options.isOffline) throw offline(url, `commit ${commit}`);
    const alone = ["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--", url, commit];
    await this.#git.run(directory, alone);
    if (await this.#has(directory, commit)) return;
    await this.#fetchAll(directory, url);
    if (await this.#has(directory, commit)) return;
    throw new EnkiError("not-found", `the git repository ${redactUrl(url)} has no commit ${commit}`);
  }

  async #fetchAll(directory: string, url: string): Promise<void> {
    const isShallow = existsSync(join(directory, "shallow"));
    const { status, stderr } = await this.#git.run(directory, [
      "fetch",
      "--quiet",
      "--force",
      ...(isShallow ? ["--unshallow"] : []),
      "--no-write-fetch-head",
      "--",
      url,
      "+refs/heads/*:refs/heads/*",
      "+refs/tags/*:refs/tags/*",
    ]);
    if (status !== 0) throw unreachable(url, stderr);
  }

  async #has(directory: string, commit: string): Promise<boolean> {
    const { status } = await this.#git.run(directory, ["cat-file", "-e", `${commit}^{tree}`]);
    return status === 0;
  }
}

function parseReferences(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const [, commit, name] = /^([0-9a-f]{40,64})\t(.+)$/.exec(line) ?? [];
      return commit === undefined || name === undefined ? [] : [[name, commit]];
    }),
  );
}

function lookUp(references: ReadonlyMap<string, string>, reference: GitReference): string | undefined {
  // An annotated tag is an object of its own; the commit behind it is listed with this ending.
  const tag = (name: string): string | undefined => references.get(`${name}^{}`) ?? references.get(name);
  switch (reference.kind) {
    case "branch":
      return references.get(`refs/heads/${reference.name}`);
    case "tag":
      return tag(`refs/tags/${reference.name}`);
    case "rev":
      return (
        tag(reference.name) ?? tag(`refs/tags/${reference.name}`) ?? references.get(`refs/heads/${reference.name}`)
      );
    default:
      return references.get("HEAD");
  }
}

function describe(reference: GitReference): string {
  return reference.kind === "default" ? "default branch" : `${reference.kind} \`${reference.name}\``;
}

function offline(url: string, what: string): EnkiError {
  return new EnkiError("offline", `the ${what} of ${redactUrl(url)} is not cached, and git can't be asked offline`);
}

function unreachable(url: string, stderr: string): EnkiError {
  const lines = stderr.split("\n").filter((line) => /^(?:fatal|error|remote|ssh|git@)/.test(line));
  const said = (lines.at(0) ?? stderr.trim()).trim();
  const isMissing = /not found|does not (?:appear to be|exist)|no such/i.test(stderr);
  if (isMissing) return new EnkiError("not-found", `there is no git repository at ${redactUrl(url)} (${said})`);
  return new EnkiError("network", `git can't read ${redactUrl(url)}: ${said}`, {
    hint: "git never asks for a password here: set up a credential helper or an SSH agent for private repositories",
  });
}
