import { isReadableRange } from "./version-range.ts";

/** What the right-hand side of a dependency asks for (npm-package-arg's kinds). */
export type DependencySpec =
  /** `^1.2.0`, `1.0.0`, `*`: `name` in the registry, which differs from the installed name for `npm:` aliases. */
  | { readonly kind: "range"; readonly name: string; readonly range: string; readonly isAlias: boolean }
  | { readonly kind: "tag"; readonly name: string; readonly tag: string; readonly isAlias: boolean }
  /** A folder, relative to the dependent's own folder unless absolute. */
  | { readonly kind: "directory"; readonly path: string }
  /** A tarball in the file system, or one behind a URL. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "remote"; readonly url: string }
  /** Anything that git must fetch, as it was written. */
  | { readonly kind: "git"; readonly spec: string }
  | { readonly kind: "invalid"; readonly reason: string };

const tarballEnding = /\.(?:tgz|tar\.gz|tar)$/i;
const gitUrl = /^(?:git|git\+ssh|git\+https|git\+http|git\+file|ssh):/i;
const hostedShortcut = /^(?:github|gitlab|bitbucket|gist):/i;
const hostedPage = /^https?:\/\/(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/[^/#?]+\/[^/#?]+$/i;
const scpLike = /^[^@/\s]+@[^:./\s]+\.[^:\s]+:.+$/;
const ownerAndRepository = /^[^@./:~][^@/:]*\/[^@/:#]+(?:#.*)?$/;

function filePath(spec: string): string {
  const path = spec.replace(/^file:/i, "");
  // `file:///abs` and `file://./relative` are both written in the wild.
  if (path.startsWith("//")) return path.replace(/^\/+(?=\.{1,2}(?:\/|$))/, "").replace(/^\/+/, "/");
  return path.replace(/^\/+(?=\.{1,2}\/)/, "");
}

/** Splits `name@range` of an `npm:` alias. */
function aliasTarget(text: string): { name: string; rest: string } {
  const at = text.indexOf("@", 1);
  return at === -1 ? { name: text, rest: "*" } : { name: text.slice(0, at), rest: text.slice(at + 1) };
}

/** Reads the right-hand side of a dependency on `name` as npm does. */
export function parseDependencySpec(name: string, text: string): DependencySpec {
  const spec = text.trim();
  // Nearly all are plain ranges.
  if (/^[\^~<>=*\d]/.test(spec) && isReadableRange(spec)) return { kind: "range", name, range: spec, isAlias: false };
  if (/^file:/i.test(spec) || /^(?:\.{1,2}(?:\/|$)|~\/|\/)/.test(spec)) {
    const path = filePath(spec);
    return tarballEnding.test(path) ? { kind: "file", path } : { kind: "directory", path };
  }
  if (/^link:/i.test(spec)) return { kind: "directory", path: spec.slice(5) };
  if (/^npm:/i.test(spec)) {
    const target = aliasTarget(spec.slice(4));
    const inner = parseDependencySpec(target.name, target.rest);
    if (inner.kind !== "range" && inner.kind !== "tag") {
      return { kind: "invalid", reason: "is an alias of something that is not in a registry" };
    }
    return { ...inner, isAlias: true };
  }
  const withoutFragment = spec.split("#")[0] ?? spec;
  if (gitUrl.test(spec) || hostedShortcut.test(spec) || scpLike.test(spec)) return { kind: "git", spec };
  if (hostedPage.test(withoutFragment) && !tarballEnding.test(withoutFragment)) return { kind: "git", spec };
  if (/^https?:/i.test(spec)) return { kind: "remote", url: spec };
  if (/^workspace:/i.test(spec)) {
    const range = spec.slice("workspace:".length);
    return { kind: "range", name, range: range === "^" || range === "~" ? "*" : range, isAlias: false };
  }
  if (/^[a-z][a-z+.-]*:/i.test(spec)) return { kind: "invalid", reason: `has an unknown kind of address: ${spec}` };
  if (ownerAndRepository.test(spec) && !isReadableRange(spec)) return { kind: "git", spec };
  if (spec === "" || isReadableRange(spec)) {
    return { kind: "range", name, range: spec === "" ? "*" : spec, isAlias: false };
  }
  if (encodeURIComponent(spec) === spec) return { kind: "tag", name, tag: spec, isAlias: false };
  return { kind: "invalid", reason: `is neither a range nor a tag: ${spec}` };
}
