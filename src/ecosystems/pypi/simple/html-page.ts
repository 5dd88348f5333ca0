/** The HTML form of a project's page (PEP 503): anchors with data attributes. */
import { checkApiVersion, hexDigest, type IndexFile, type IndexPage } from "./index-file.ts";

/** Reads the anchors of a page; anything else in it is passed over. */
export function decodeHtmlPage(text: string, what: string): IndexPage {
  const files: IndexFile[] = [];
  const skipped: string[] = [];
  let base: string | undefined;
  for (const tag of startTags(text)) {
    if (tag.name === "base") base ??= tag.attributes.get("href");
    if (tag.name === "meta" && tag.attributes.get("name") === "pypi:repository-version") {
      checkApiVersion(tag.attributes.get("content") ?? "", what);
    }
    if (tag.name !== "a") continue;
    const href = tag.attributes.get("href");
    const file = href === undefined ? undefined : decodeAnchor(href, tag.attributes);
    if (file === undefined) skipped.push(`an anchor of ${what} names no file: ${JSON.stringify(href ?? "")}`);
    else files.push(file);
  }
  return { files, base, status: undefined, skipped };
}

function decodeAnchor(href: string, attributes: ReadonlyMap<string, string>): IndexFile | undefined {
  const [withoutFragment, fragment = ""] = splitOnce(href, "#");
  const path = splitOnce(withoutFragment, "?")[0];
  const fileName = decodePercents(path.slice(path.lastIndexOf("/") + 1));
  if (fileName === "" || fileName.includes("/")) return undefined;
  const hashes = new Map<string, string>();
  for (const part of fragment.split("&")) {
    const [algorithm, digest = ""] = splitOnce(part, "=");
    const hex = hexDigest(digest);
    if (hex !== undefined && /^[a-z0-9]+$/.test(algorithm)) hashes.set(algorithm, hex);
  }
  const metadata = attributes.get("data-core-metadata") ?? attributes.get("data-dist-info-metadata");
  const [algorithm, digest] = splitOnce(metadata ?? "", "=");
  const requiresPython = attributes.get("data-requires-python");
  return {
    fileName,
    url: withoutFragment,
    hashes,
    requiresPython: requiresPython === "" ? undefined : requiresPython,
    sizeBytes: undefined,
    uploadTime: undefined,
    yanked: attributes.get("data-yanked"),
    metadata:
      metadata === undefined || metadata === "false"
        ? undefined
        : { sha256: algorithm === "sha256" ? hexDigest(digest) : undefined },
  };
}

interface StartTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The start tags of a page in order; comments are passed over. */
function* startTags(text: string): Generator<StartTag> {
  let at = 0;
  for (;;) {
    const open = text.indexOf("<", at);
    if (open < 0) return;
    if (text.startsWith("<!--", open)) {
      const close = text.indexOf("-->", open + 4);
      if (close < 0) return;
      at = close + 3;
      continue;
    }
    let end = open + 1;
    while (isNameCharacter(text.charCodeAt(end))) end++;
    const name = text.slice(open + 1, end).toLowerCase();
    if (name === "") {
      at = open + 1;
      continue;
    }
    const attributes = new Map<string, string>();
    at = readAttributes(text, end, attributes);
    yield { name, attributes };
  }
}

/** Reads attributes up to the `>` of the tag and gives the place after it. */
function readAttributes(text: string, start: number, attributes: Map<string, string>): number {
  let at = start;
  while (at < text.length && text[at] !== ">") {
    if (!isNameCharacter(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const nameStart = at;
    while (isNameCharacter(text.charCodeAt(at))) at++;
    const name = text.slice(nameStart, at).toLowerCase();
    while (isSpace(text.charCodeAt(at))) at++;
    let value = "";
    if (text[at] === "=") {
      at++;
      while (isSpace(text.charCodeAt(at))) at++;
      const quote = text[at];
      if (quote === '"' || quote === "'") {
        const close = text.indexOf(quote, at + 1);
        const valueEnd = close < 0 ? text.length : close;
        value = text.slice(at + 1, valueEnd);
        at = valueEnd + 1;
      } else {
        const valueStart = at;
        while (at < text.length && text[at] !== ">" && !isSpace(text.charCodeAt(at))) at++;
        value = text.slice(valueStart, at);
      }
    }
    if (!attributes.has(name)) attributes.set(name, decodeEntities(value));
  }
  return at + 1;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[0-9A-Fa-f]{1,6}|[a-z]{1,8});/g, (whole: string, name: string) => {
    if (!name.startsWith("#")) return entities.get(name) ?? whole;
    const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return Number.isNaN(code) || code > 0x10_ff_ff ? whole : String.fromCodePoint(code);
  });
}

function decodePercents(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isNameCharacter(code: number): boolean {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f || code === 0x3a;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
