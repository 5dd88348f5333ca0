/** Files that a Simple index lists (packaging specifications, "Simple repository API"; PEP 503, 592, 658, 691, 700, 714). */
import { EnkiError } from "../../../model/enki-error.ts";

/** One file of one project. Texts are as the index gives them. */
export interface IndexFile {
  readonly fileName: string;
  /** Perhaps relative to the page. */
  readonly url: string;
  /** Lower-case hexadecimal digests by algorithm. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly requiresPython: string | undefined;
  readonly sizeBytes: number | undefined;
  /** RFC 3339. */
  readonly uploadTime: string | undefined;
  /** The reason, which may be empty; `undefined` when the file is not yanked. */
  readonly yanked: string | undefined;
  /** Whether the metadata of the file can be fetched by itself, with its SHA-256 where the index tells it. */
  readonly metadata: { readonly sha256: string | undefined } | undefined;
}

/** A page of an index, decoded. */
export interface IndexPage {
  readonly files: readonly IndexFile[];
  /** What relative URLs are relative to, where the page says so itself. */
  readonly base: string | undefined;
  /** `archived`, `quarantined`, `deprecated` (PEP 792); `undefined` for an active project. */
  readonly status: string | undefined;
  /** Entries that could not be understood, as sentences. */
  readonly skipped: readonly string[];
}

/** Reads a page in the JSON form (PEP 691). Throws `invalid-registry-document` when it is no such page. */
export function decodeJsonPage(text: string, what: string): IndexPage {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch (error) {
    throw new EnkiError("invalid-registry-document", `the index page of ${what} is no JSON`, { cause: error });
  }
  if (!isRecord(page)) throw new EnkiError("invalid-registry-document", `the index page of ${what} is no object`);
  const meta = page["meta"];
  const apiVersion = isRecord(meta) ? meta["api-version"] : undefined;
  checkApiVersion(typeof apiVersion === "string" ? apiVersion : "1.0", what);
  const files = page["files"];
  if (!Array.isArray(files)) throw new EnkiError("invalid-registry-document", `the index page of ${what} has no files`);
  const skipped: string[] = [];
  const decoded: IndexFile[] = [];
  for (const [position, file] of files.entries()) {
    const result = decodeFile(file);
    if (typeof result === "string") skipped.push(`files[${position}] of ${what} ${result}`);
    else decoded.push(result);
  }
  const projectStatus = page["project-status"];
  const status = isRecord(projectStatus) ? projectStatus["status"] : undefined;
  return {
    files: decoded,
    base: undefined,
    status: typeof status === "string" && status !== "active" ? status : undefined,
    skipped,
  };
}

/** Refuses an index of another major version (PEP 629). */
export function checkApiVersion(version: string, what: string): void {
  if (/^1\.[0-9]+$/.test(version)) return;
  throw new EnkiError(
    "invalid-registry-document",
    `the index page of ${what} has the unsupported API version ${JSON.stringify(version)}`,
    { hint: "Enki reads version 1 of the Simple API" },
  );
}

/** A digest in the form of hexadecimal digits, or `undefined`. */
export function hexDigest(text: unknown): string | undefined {
  return typeof text === "string" && /^[0-9A-Fa-f]{32,128}$/.test(text) ? text.toLowerCase() : undefined;
}

function decodeFile(file: unknown): IndexFile | string {
  if (!isRecord(file)) return "is no object";
  const fileName = file["filename"];
  const url = file["url"];
  if (typeof fileName !== "string" || fileName === "" || fileName.includes("/") || fileName.includes("\\")) {
    return "has no usable filename";
  }
  if (typeof url !== "string") return "has no url";
  const hashes = new Map<string, string>();
  if (isRecord(file["hashes"])) {
    for (const [algorithm, digest] of Object.entries(file["hashes"])) {
      const hex = hexDigest(digest);
      if (hex !== undefined) hashes.set(algorithm.toLowerCase(), hex);
    }
  }
  const size = file["size"];
  const uploadTime = file["upload-time"];
  const requiresPython = file["requires-python"];
  const yanked = file["yanked"];
  return {
    fileName,
    url,
    hashes,
    requiresPython: typeof requiresPython === "string" && requiresPython !== "" ? requiresPython : undefined,
    sizeBytes: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
    uploadTime: typeof uploadTime === "string" ? uploadTime : undefined,
    yanked: typeof yanked === "string" ? yanked : yanked === true ? "" : undefined,
    // PEP 714 renamed the field; servers may still send the old one, and the new one wins.
    metadata: decodeMetadataField(file["core-metadata"] ?? file["dist-info-metadata"]),
  };
}

function decodeMetadataField(value: unknown): IndexFile["metadata"] {
  if (value === true) return { sha256: undefined };
  return isRecord(value) ? { sha256: hexDigest(value["sha256"]) } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
