import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Whether the real opam is installed, and which one. */
export function opamVersion(): string | undefined {
  const result = spawnSync("opam", ["--version"], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The names of the packages of a repository directory whose `available` filter holds on Linux. */
export function availablePackages(repository: string): ReadonlySet<string> {
  const args = ["admin", "list", "--available", "-s", "--columns=name", "--environment=os=linux"];
  const result = spawnSync("opam", args, { cwd: repository, encoding: "utf8", maxBuffer: 1 << 26 });
  return new Set(result.stdout.split("\n").filter((line) => line !== ""));
}

/** The real opam with a root of its own, an empty switch called `enki`, and one repository. Nothing is downloaded. */
export class OpamCommand {
  private readonly environment: NodeJS.ProcessEnv;
  private readonly directory: string;

  constructor(directory: string, repository: string) {
    this.directory = directory;
    this.environment = {
      ...process.env,
      OPAMROOT: path.join(directory, "root"),
      OPAMROOTISOK: "1",
      OPAMYES: "1",
      OPAMNOENVNOTICE: "1",
      OPAMNODEPEXTS: "1",
      OPAMCOLOR: "never",
      OPAMUTF8: "never",
    };
    // A compiler of the machine must not turn up as an available package.
    const configuration = path.join(directory, "opamrc");
    writeFileSync(configuration, 'opam-version: "2.0"\neval-variables: [[sys-ocaml-version ["false"] "off"]]\n');
    const options = ["--bare", "--disable-sandboxing", "-n", "--bypass-checks", `--config=${configuration}`];
    this.succeed(["init", ...options, "-k", "local", "default", repository]);
    this.succeed(["switch", "create", "enki", "--empty"]);
  }

  run(args: readonly string[], cwd: string = this.directory): { readonly status: number; readonly output: string } {
    const result = spawnSync("opam", args, { cwd, env: this.environment, encoding: "utf8", maxBuffer: 1 << 26 });
    return { status: result.status ?? -1, output: result.stdout + result.stderr };
  }

  succeed(args: readonly string[], cwd?: string): string {
    const { status, output } = this.run(args, cwd);
    if (status !== 0) throw new Error(`opam ${args.join(" ")} ended with ${status}:\n${output}`);
    return output;
  }

  /** What the switch would hold after an import of `file`: sorted `name.version` texts. */
  importSwitch(file: string): readonly string[] {
    const output = this.succeed(["switch", "import", file, "--switch", "enki", "--dry-run"]);
    return [...output.matchAll(/^-> installed (\S+)$/gmu)].map((match) => match[1] ?? "").toSorted();
  }

  /** What `opam install . --locked --deps-only` would install in `directory`. */
  installLocked(directory: string): readonly string[] {
    const output = this.succeed(
      ["install", ".", "--locked", "--deps-only", "--dry-run", "--show-actions", "--switch", "enki"],
      directory,
    );
    return [...output.matchAll(/^ {2}- install (\S+) +(\S+)$/gmu)]
      .map((match) => `${match[1] ?? ""}.${match[2] ?? ""}`)
      .toSorted();
  }

  /**
   * What opam finds to do when these packages are installed: `opam upgrade --fixup` on a switch state written by hand.
   * Empty when they are a resolution.
   */
  complaints(installed: readonly string[], roots: readonly string[]): string {
    const state = path.join(this.directory, "root", "enki", ".opam-switch", "switch-state");
    mkdirSync(path.dirname(state), { recursive: true });
    writeFileSync(state, `opam-version: "2.0"\nroots: [${quoted(roots)}]\ninstalled: [${quoted(installed)}]\n`);
    const names = roots.map((root) => root.slice(0, root.indexOf(".")));
    const outputs = [
      this.run(["install", ...names, "--switch", "enki", "--dry-run", "--show-actions"]),
      this.run(["upgrade", "--fixup", "--switch", "enki", "--dry-run", "--show-actions"]),
    ];
    return outputs
      .filter(({ status, output }) => status !== 0 || !/Nothing to do|already installed/u.test(output))
      .map(({ output }) => output)
      .join("\n");
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(" ");
}
