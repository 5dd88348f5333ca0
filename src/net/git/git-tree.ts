import { EnkiError } from "../../model/enki-error.ts";
import { narIntegrity, type NarNode } from "../../formats/nar.ts";
import type { GitCommand } from "./git-command.ts";
import type { GitSnapshot, TreeIntegrity } from "./git-client.ts";

/** One entry of a tree, as `git ls-tree -r -l` lists it. */
interface TreeEntry {
  readonly mode: string;
  readonly object: string;
  readonly sizeBytes: number;
}

const MAXIMUM_FILES = 500_000;
const MAXIMUM_FILE_BYTES = 64 * 1024 ** 2;
/** Trees bigger than this get no hash; they would have to be in memory as a whole. */
const MAXIMUM_TREE_BYTES = 1024 ** 3;
/** How much git prints at once. */
const BATCH_BYTES = 64 * 1024 ** 2;

const EXECUTABLE = "100755";
const LINK = "120000";
const SUBMODULE = "160000";

/** Attributes by which a checkout differs from what is stored. */
const CHANGING_ATTRIBUTE = /(?:^|\s)(?:eol=crlf|ident|working-tree-encoding=\S+)(?:\s|$)/m;

/** The files of a commit in a bare repository. */
export class GitTree implements GitSnapshot {
  readonly commit: string;
  readonly paths: readonly string[];
  readonly #git: GitCommand;
  readonly #directory: string;
  readonly #entries: ReadonlyMap<string, TreeEntry>;
  #integrity: Promise<TreeIntegrity> | undefined;

  private constructor(git: GitCommand, directory: string, commit: string, entries: ReadonlyMap<string, TreeEntry>) {
    this.#git = git;
    this.#directory = directory;
    this.commit = commit;
    this.#entries = entries;
    this.paths = [...entries].flatMap(([path, { mode }]) => (mode === LINK || mode === SUBMODULE ? [] : [path]));
  }

  /** Lists the tree of a commit that is in the repository. */
  static async open(git: GitCommand, directory: string, commit: string): Promise<GitTree> {
    const { status, stdout, stderr } = await git.run(directory, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit]);
    if (status !== 0) throw new EnkiError("network", `git can't list the files of ${commit}: ${stderr.trim()}`);
    const entries = new Map<string, TreeEntry>();
    for (const line of stdout.toString("utf8").split("\0")) {
      const [, mode, object, size, path] = /^(\d{6}) \w+ ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/s.exec(line) ?? [];
      if (mode === undefined || object === undefined || path === undefined) continue;
      entries.set(path, { mode, object, sizeBytes: size === "-" ? 0 : Number(size) });
      if (entries.size > MAXIMUM_FILES) {
        throw new EnkiError("limit-exceeded", `the commit ${commit} has more than ${String(MAXIMUM_FILES)} files`);
      }
    }
    return new GitTree(git, directory, commit, entries);
  }

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = paths.flatMap((path) => {
      const entry = this.#entries.get(path);
      return entry === undefined ? [] : [{ path, ...entry }];
    });
    const large = wanted.find(({ sizeBytes }) => sizeBytes > MAXIMUM_FILE_BYTES);
    if (large !== undefined) {
      throw new EnkiError("limit-exceeded", `${large.path} in ${this.commit} is larger than 64 MiB`);
    }
    const contents = new Map<string, Uint8Array>();
    let batch: typeof wanted = [];
    let batchBytes = 0;
    for (const entry of [...wanted, undefined]) {
      if (batch.length > 0 && (entry === undefined || batchBytes + entry.sizeBytes > BATCH_BYTES)) {
        const bodies = await this.#objects(batch.map(({ object }) => object));
        batch.forEach(({ path }, index) => contents.set(path, bodies[index] ?? new Uint8Array()));
        batch = [];
        batchBytes = 0;
      }
      if (entry !== undefined) {
        batch.push(entry);
        batchBytes += entry.sizeBytes;
      }
    }
    return contents;
  }

  treeIntegrity(): Promise<TreeIntegrity> {
    return (this.#integrity ??= this.#hashTree());
  }

  async #hashTree(): Promise<TreeIntegrity> {
    const entries = [...this.#entries];
    const submodule = entries.find(([, { mode }]) => mode === SUBMODULE);
    if (submodule !== undefined) return { problem: `the repository has submodules (${submodule[0]})` };
    const total = entries.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0);
    if (total > MAXIMUM_TREE_BYTES || entries.some(([, { sizeBytes }]) => sizeBytes > MAXIMUM_FILE_BYTES)) {
      return { problem: "the repository is too large" };
    }
    const contents = await this.read(entries.map(([path]) => path));
    const root: MutableDirectory = { kind: "directory", entries: new Map() };
    for (const [path, { mode }] of entries) {
      const content = contents.get(path) ?? new Uint8Array();
      if (/(?:^|\/)\.gitattributes$/.test(path) && CHANGING_ATTRIBUTE.test(textOf(content))) {
        return { problem: `${path} changes files while they are checked out` };
      }
      const node: NarNode =
        mode === LINK
          ? { kind: "link", target: textOf(content) }
          : { kind: "file", content, isExecutable: mode === EXECUTABLE };
      put(root, path.split("/"), node);
    }
    return { integrity: narIntegrity(root) };
  }

  /** The contents of objects, in their order. */
  async #objects(objects: readonly string[]): Promise<readonly Uint8Array[]> {
    const input = `${objects.join("\n")}\n`;
    const { status, stdout, stderr } = await this.#git.run(this.#directory, ["cat-file", "--batch"], input);
    if (status !== 0) throw new EnkiError("network", `git can't read the files of ${this.commit}: ${stderr.trim()}`);
    const bodies: Uint8Array[] = [];
    let at = 0;
    for (const object of objects) {
      const lineEnd = stdout.indexOf(0x0a, at);
      const [, size] = / blob (\d+)$/.exec(stdout.toString("latin1", at, lineEnd)) ?? [];
      if (size === undefined) throw new EnkiError("network", `git has no file ${object} of ${this.commit}`);
      bodies.push(stdout.subarray(lineEnd + 1, lineEnd + 1 + Number(size)));
      at = lineEnd + 1 + Number(size) + 1;
    }
    return bodies;
  }
}

interface MutableDirectory {
  readonly kind: "directory";
  readonly entries: Map<string, NarNode | MutableDirectory>;
}

function put(root: MutableDirectory, path: readonly string[], node: NarNode): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    const known = at.entries.get(name);
    const next: MutableDirectory =
      known?.kind === "directory" ? (known as MutableDirectory) : { kind: "directory", entries: new Map() };
    at.entries.set(name, next);
    at = next;
  }
  at.entries.set(path.at(-1) ?? "", node);
}

function textOf(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8");
}
