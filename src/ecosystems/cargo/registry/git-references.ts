import { EnkiError } from "../../../model/enki-error.ts";
import type { HttpClient } from "../../../net/http-client.ts";
import type { GitReference } from "../package/crate-source.ts";

const fullCommit = /^[0-9a-f]{40}$/u;

/**
 * The commit that a reference means now, asked from the repository over HTTP as `git ls-remote` does (smart or dumb
 * protocol). A full commit needs no asking.
 */
export async function resolveReference(url: string, reference: GitReference, http: HttpClient): Promise<string> {
  if (reference.kind === "rev" && fullCommit.test(reference.name)) return reference.name;
  const document = await http.fetch({
    url: `${url}/info/refs?service=git-upload-pack`,
    cache: "revalidate",
    what: `git repository ${url}`,
  });
  if (document.status === 404) throw new EnkiError("not-found", `there is no git repository at ${url}`);
  const references = parseReferences(new TextDecoder("latin1").decode(document.body));
  const commit = find(references, reference);
  if (commit !== undefined) return commit;
  if (reference.kind === "default") throw new EnkiError("not-found", `the git repository ${url} has no default branch`);
  const hint = reference.kind === "rev" ? "write the full commit" : undefined;
  throw new EnkiError("not-found", `the git repository ${url} has no ${reference.kind} \`${reference.name}\``, {
    hint,
  });
}

function find(references: ReadonlyMap<string, string>, reference: GitReference): string | undefined {
  switch (reference.kind) {
    case "branch":
      return references.get(`refs/heads/${reference.name}`);
    case "tag":
      // An annotated tag is an object of its own; the commit behind it is listed with this ending.
      return references.get(`refs/tags/${reference.name}^{}`) ?? references.get(`refs/tags/${reference.name}`);
    case "rev":
      return references.get(reference.name) ?? abbreviated(references, reference.name);
    default:
      // Dumb servers do not list HEAD.
      return references.get("HEAD") ?? references.get("refs/heads/main") ?? references.get("refs/heads/master");
  }
}

function abbreviated(references: ReadonlyMap<string, string>, start: string): string | undefined {
  if (!/^[0-9a-f]{7,39}$/u.test(start)) return undefined;
  const found = new Set([...references.values()].filter((commit) => commit.startsWith(start)));
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

/** Names to commits. Lines of the smart protocol start with a length, and the first one lists capabilities. */
function parseReferences(text: string): ReadonlyMap<string, string> {
  const references = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /(?:^|[0-9a-f]{4})([0-9a-f]{40})[ \t]([^\0\s]+)/u.exec(line);
    const [, commit, name] = match ?? [];
    if (commit !== undefined && name !== undefined) references.set(name, commit);
  }
  return references;
}
