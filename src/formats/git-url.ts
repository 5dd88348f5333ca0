/** Forges whose public repositories can be read over https without an account. */
const PUBLIC_FORGES: ReadonlySet<string> = new Set(["github.com", "gitlab.com", "bitbucket.org"]);

/**
 * The address at which a repository can be read without an account: `git+` goes, and the ssh addresses that npm writes
 * for public forges (`git+ssh://git@github.com/o/r.git`) become https ones. Others stay as they are.
 */
export function anonymousGitUrl(url: string): string {
  const address = url.replace(/^git\+/, "");
  const [, host, path] = /^ssh:\/\/git@([^/:]+)[/:](.+)$/.exec(address) ?? [];
  return host !== undefined && path !== undefined && PUBLIC_FORGES.has(host) ? `https://${host}/${path}` : address;
}
