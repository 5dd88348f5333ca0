import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GitClient, GitReference, TreeIntegrity } from "../../src/net/git/git-client.ts";
import { createGitClient } from "../../src/net/git/git-repositories.ts";
import { narIntegrity, type NarNode } from "../../src/formats/nar.ts";
import { git, makeRepository } from "../helpers/git-repository.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

function client(cacheDirectory = temporaryDirectory(), isOffline = false): GitClient {
  return createGitClient({ cacheDirectory, isOffline, environmentVariables: process.env });
}

const defaultBranch: GitReference = { kind: "default" };

function file(text: string, isExecutable = false): NarNode {
  return { kind: "file", content: Buffer.from(text), isExecutable };
}

async function treeOf(url: string): Promise<TreeIntegrity> {
  return (await client().snapshot(url, defaultBranch)).treeIntegrity();
}

describe("git repositories", () => {
  it.each<readonly [string, (commit: string) => GitReference]>([
    ["the default branch", () => defaultBranch],
    ["a branch with a slash", () => ({ kind: "branch", name: "feat/x" })],
    ["an annotated tag", () => ({ kind: "tag", name: "v1" })],
    ["a full commit", (name) => ({ kind: "rev", name })],
    ["an abbreviated commit", (commit) => ({ kind: "rev", name: commit.slice(0, 9) })],
    ["a tag as a revision", () => ({ kind: "rev", name: "v1" })],
    ["a full reference", () => ({ kind: "rev", name: "refs/heads/feat/x" })],
  ])("resolves %s", async (_name, referenceOf) => {
    const { url, commit } = makeRepository({ "a/b.txt": "hello", "c.txt": "" });
    const snapshot = await client().snapshot(url, referenceOf(commit));
    expect(snapshot.commit).toBe(commit);
    expect(snapshot.paths).toEqual(["a/b.txt", "c.txt"]);
    const contents = await snapshot.read(["c.txt", "a/b.txt", "nowhere"]);
    expect([...contents].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ["c.txt", ""],
      ["a/b.txt", "hello"],
    ]);
  });

  it("reads a commit that no branch has any more, and one that is older than what was fetched", async () => {
    const { url, work, bare, commit } = makeRepository({ "a.txt": "1" });
    const cache = temporaryDirectory();
    writeFileSync(join(work, "a.txt"), "2");
    git(work, "commit", "-q", "-a", "-m", "second");
    git(work, "push", "-q", bare, "main");
    const newest = await client(cache).snapshot(url, defaultBranch);
    expect(newest.commit).not.toBe(commit);
    const old = await client(cache).snapshot(url, defaultBranch, commit);
    expect(Buffer.from((await old.read(["a.txt"])).get("a.txt") ?? "").toString()).toBe("1");
    const kept = await client(cache, true).snapshot(url, defaultBranch, commit);
    expect(kept.paths).toEqual(["a.txt"]);
  });

  it.each([
    ["a remote helper", "ext::sh -c true"],
    ["a flag", "--upload-pack=true"],
    ["a path", "/etc"],
    ["spaces", "https://host/a b"],
  ])("refuses %s as an address", async (_name, url) => {
    await expect(client().snapshot(url, defaultBranch)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("says what is not there", async () => {
    const { url } = makeRepository({ "a.txt": "1" });
    const asked = (reference: GitReference, address = url): Promise<unknown> => client().snapshot(address, reference);
    await expect(asked({ kind: "tag", name: "v9" })).rejects.toThrow("has no tag `v9`");
    await expect(asked({ kind: "rev", name: "--all" })).rejects.toThrow("has no rev `--all`");
    await expect(asked({ kind: "rev", name: "0".repeat(40) })).rejects.toMatchObject({ code: "not-found" });
    await expect(asked(defaultBranch, `${url}.gone`)).rejects.toMatchObject({ code: "not-found" });
    await expect(client(temporaryDirectory(), true).snapshot(url, defaultBranch)).rejects.toMatchObject({
      code: "offline",
    });
  });

  it("runs nothing: no hooks, no configuration of a repository, and leaves a temporary folder to nobody", async () => {
    const { url, bare } = makeRepository({ "a.txt": "1" });
    const proof = join(temporaryDirectory(), "proof");
    for (const hook of ["reference-transaction", "post-checkout", "pre-auto-gc", "update"]) {
      mkdirSync(join(bare, "hooks"), { recursive: true });
      writeFileSync(join(bare, "hooks", hook), `#!/bin/sh\ntouch ${proof}\n`);
      chmodSync(join(bare, "hooks", hook), 0o755);
    }
    git(bare, "config", "core.fsmonitor", `touch ${proof}`);
    const cache = temporaryDirectory();
    const hooks = join(temporaryDirectory(), "hooks");
    mkdirSync(hooks);
    writeFileSync(join(hooks, "reference-transaction"), `#!/bin/sh\ntouch ${proof}\n`);
    chmodSync(join(hooks, "reference-transaction"), 0o755);
    const environmentVariables = {
      ...process.env,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.hooksPath",
      GIT_CONFIG_VALUE_0: hooks,
      GIT_DIR: "/nowhere",
    };
    const careful = createGitClient({ cacheDirectory: cache, isOffline: false, environmentVariables });
    await careful.snapshot(url, { kind: "rev", name: "HEAD" });
    expect(existsSync(proof)).toBe(false);
    const fleeting = createGitClient({ isOffline: false, environmentVariables: { ...process.env, TMPDIR: cache } });
    await fleeting.snapshot(url, defaultBranch);
    await fleeting.close();
  });
});

describe("the hash of a tree", () => {
  it("is that of a checkout, with links and programs", async () => {
    const { url } = makeRepository({ "bin/run": "#!/bin/sh\n", "text with spaces": "x" }, (work) => {
      chmodSync(join(work, "bin/run"), 0o755);
      symlinkSync("bin/run", join(work, "alias"));
    });
    const tree: NarNode = {
      kind: "directory",
      entries: new Map<string, NarNode>([
        ["bin", { kind: "directory", entries: new Map([["run", file("#!/bin/sh\n", true)]]) }],
        ["text with spaces", file("x")],
        ["alias", { kind: "link", target: "bin/run" }],
      ]),
    };
    const snapshot = await client().snapshot(url, defaultBranch);
    expect(await snapshot.treeIntegrity()).toEqual({ integrity: narIntegrity(tree) });
    expect(snapshot.paths).toEqual(["bin/run", "text with spaces"]);
  });

  it("is not given where a checkout would differ", async () => {
    const crlf = makeRepository({ ".gitattributes": "*.txt eol=crlf\n", "a.txt": "x\n" });
    const harmless = makeRepository({ ".gitattributes": "* text=auto eol=lf\n", "a.txt": "x\n" });
    const outer = makeRepository({ "a.txt": "x" }, (work) => {
      git(work, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", harmless.url, "inner");
    });
    expect(await treeOf(crlf.url)).toEqual({ problem: ".gitattributes changes files while they are checked out" });
    expect(await treeOf(outer.url)).toEqual({ problem: "the repository has submodules (inner)" });
    expect(await treeOf(harmless.url)).toHaveProperty("integrity");
  });
});
