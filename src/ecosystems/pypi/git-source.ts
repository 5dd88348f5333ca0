/** Packages that a manifest takes from a git repository (PEP 440 "Direct references", `git+https://…@v1#subdirectory=x`). */
import { EnkiError } from "../../model/enki-error.ts";
import type { LockedPreference, SourceContext } from "../ecosystem.ts";
import type { GitReference } from "../../net/git/git-client.ts";
import { checkName, plainFile, tableOf } from "./direct-page.ts";
import type { DirectSource } from "./manifest/pypi-document.ts";
import { readSourceFacts } from "./sdist-metadata.ts";
import type { ProjectPage, Repository } from "./simple/repository.ts";

type GitSource = DirectSource & { readonly kind: "git" };

/** The page of a project whose only version is a commit. Nothing is checked out or run: metadata must be static. */
export async function openGitSource(name: string, source: GitSource, context: SourceContext): Promise<ProjectPage> {
  const { git } = context;
  if (git === undefined) throw new EnkiError("unsupported", `git repositories can't be read here (${source.url})`);
  const snapshot = await git.snapshot(source.url, referenceOf(source), lockedCommit(name, source, context.preferences));
  const prefix = source.subdirectory === undefined ? "" : `${source.subdirectory.replace(/^\/+|\/+$/g, "")}/`;
  const texts = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    new Map(
      [...(await snapshot.read(paths.map((path) => `${prefix}${path}`)))].map(([path, body]) => [
        path.slice(prefix.length),
        new TextDecoder().decode(body),
      ]),
    );
  const facts = await readSourceFacts({
    read: async (path) => (await texts([path])).get(path),
    readAll: (isWanted) =>
      texts(
        snapshot.paths.flatMap((path) => {
          const inner = path.startsWith(prefix) ? path.slice(prefix.length) : "";
          return inner !== "" && isWanted(inner) ? [inner] : [];
        }),
      ),
  });
  const shown = `git+${source.url}@${snapshot.commit}`;
  if ("problem" in facts.metadata) {
    throw new EnkiError("invalid-manifest", `${shown} does not say what ${name} requires without being built`, {
      hint: "only a [project] table with name, version and dependencies in its pyproject.toml does; else require a release",
    });
  }
  checkName(name, facts.metadata.name, shown);
  const tree = await snapshot.treeIntegrity();
  const repository: Repository = { name: undefined, url: source.url, project: async () => undefined };
  const file = { ...plainFile(name, facts.metadata.version, ""), url: shown };
  return {
    repository,
    table: tableOf(file, name),
    direct: {
      ...source,
      commit: snapshot.commit,
      ...("integrity" in tree ? { treeIntegrity: tree.integrity } : {}),
    },
    fileUrl: () => shown,
    readMetadata: async () => undefined,
    readSource: async () => facts,
  };
}

function referenceOf({ reference, referenceKind }: GitSource): GitReference {
  return reference === undefined ? { kind: "default" } : { kind: referenceKind ?? "rev", name: reference };
}

/** The commit that an earlier lock holds for the same requirement. */
function lockedCommit(
  name: string,
  { url, reference }: GitSource,
  preferences: readonly LockedPreference[],
): string | undefined {
  for (const { name: locked, package: package_ } of preferences) {
    const direct = package_?.details["direct"];
    if (locked !== name || typeof direct !== "object" || direct === null || Array.isArray(direct)) continue;
    const known = new Map(Object.entries(direct));
    const commit = known.get("commit");
    if (known.get("git") === url && known.get("requested") === reference && typeof commit === "string") return commit;
  }
  return undefined;
}
