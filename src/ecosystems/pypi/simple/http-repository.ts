/** A Simple index over HTTP. */
import { EnkiError } from "../../../model/enki-error.ts";
import { takeCredentials } from "../../../net/credentials.ts";
import { redactUrl } from "../../../net/redact.ts";
import type { HttpClient, HttpDocument, HttpRequest } from "../../../net/http-client.ts";
import type { DirectSource } from "../manifest/pypi-document.ts";
import { readSdistFacts, type SdistFacts } from "../sdist-metadata.ts";
import { wheelMetadata } from "../wheel-metadata.ts";
import type { IndexFile } from "./index-file.ts";
import { authorizationFor } from "./credentials.ts";
import type { ProjectPage, Repository, RepositoryContext } from "./repository.ts";
import { slimFormat, slimPage, SlimTable } from "./slim-table.ts";

const pageTypes = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/** Wheels and source distributions may be big; beyond this nobody waits for one. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

export class HttpRepository implements Repository {
  readonly name: string | undefined;
  readonly url: string;
  readonly #http: HttpClient;
  readonly #authorization: string | undefined;
  readonly #host: string;
  /** Whether {@link url} is one page with the files of many projects instead of an index. */
  readonly #isFlat: boolean;
  #flatPage: Promise<HttpDocument> | undefined;
  /** Whether this server has refused a byte range: then whole files are asked for at once. */
  #refusesRanges = false;

  /** `url` may carry credentials (`https://user:secret@host/simple/`); they are kept out of everything written. */
  constructor(url: string, name: string | undefined, context: RepositoryContext, isFlat = false) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed === undefined || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
      throw new EnkiError("invalid-configuration", `the PyPI index ${JSON.stringify(redactUrl(url))} is no HTTP URL`);
    }
    this.#authorization = takeCredentials(parsed) ?? authorizationFor(parsed, name, context);
    parsed.hash = "";
    if (!isFlat && !parsed.pathname.endsWith("/")) parsed.pathname += "/";
    this.#isFlat = isFlat;
    this.url = parsed.href;
    this.#host = parsed.host;
    this.name = name;
    this.#http = context.http;
  }

  async project(name: string): Promise<ProjectPage | undefined> {
    if (this.#isFlat) return await this.#flatProject(name);
    const document = await this.#fetch({
      url: `${this.url}${name}/`,
      accept: pageTypes,
      cache: "revalidate",
      derive: { format: slimFormat, compute: (body) => slimPage(body, name) },
      what: name,
    });
    if (document.status === 404) return undefined;
    return this.#page(document, new SlimTable(document.body));
  }

  /** The files of one project on a page of many, which is read once. */
  async #flatProject(name: string): Promise<ProjectPage | undefined> {
    this.#flatPage ??= this.#fetch({ url: this.url, accept: pageTypes, cache: "revalidate", what: this.url });
    const document = await this.#flatPage;
    if (document.status === 404) throw new EnkiError("not-found", `there is no page ${this.url} to find files on`);
    const table = new SlimTable(slimPage(document.body, name));
    return table.versions.length === 0 ? undefined : this.#page(document, table);
  }

  #page(document: HttpDocument, table: SlimTable): ProjectPage {
    const base = table.base === undefined ? document.url : new URL(table.base, document.url).href;
    const fileUrl = (file: IndexFile): string => absoluteUrl(file, base);
    return {
      repository: this,
      table,
      fileUrl,
      readMetadata: (file) => this.#readMetadata(file, fileUrl(file)),
      readSource: (file) => this.#readSource(file, fileUrl(file)),
    };
  }

  /** A file that a manifest names by its URL, as the only one of a project. */
  directPage(file: IndexFile, table: SlimTable, direct: DirectSource): ProjectPage {
    return {
      repository: this,
      table,
      direct,
      fileUrl: () => file.url,
      readMetadata: (one) => this.#readMetadata(one, file.url),
      readSource: (one) => this.#readSource(one, file.url),
    };
  }

  /** The bytes and the hash of a file that no index describes. */
  async download(url: string, what: string): Promise<Uint8Array | undefined> {
    const document = await this.#fetch({ url, cache: "revalidate", maxBytes: MAX_FILE_BYTES, what });
    return document.status === 404 ? undefined : document.body;
  }

  async #readSource(file: IndexFile, url: string): Promise<SdistFacts | undefined> {
    const bytes = await this.#readFile(file, url);
    return bytes === undefined ? undefined : await readSdistFacts(file.fileName, bytes);
  }

  async #readMetadata(file: IndexFile, url: string): Promise<string | undefined> {
    if (file.metadata !== undefined) {
      const document = await this.#fetch({
        url: `${url}.metadata`,
        cache: "immutable",
        ...(file.metadata.sha256 === undefined ? {} : { sha256: file.metadata.sha256 }),
        what: file.fileName,
      });
      // A server that promises metadata and has none is treated like one that never promised it.
      if (document.status !== 404) return new TextDecoder().decode(document.body);
    }
    if (!file.fileName.endsWith(".whl")) return undefined;
    return await wheelMetadata(file.fileName, {
      tail: (byteCount) => this.#tail(file, url, byteCount),
      range: async (start, end) => (await this.#fetch(this.#rangeRequest(file, url, { start, end }))).body,
      whole: async () => await this.#readFile(file, url),
    });
  }

  /** The last bytes of a file with its whole size; `undefined` when the server gives no ranges. */
  async #tail(
    file: IndexFile,
    url: string,
    byteCount: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly sizeBytes: number } | undefined> {
    if (this.#refusesRanges) return undefined;
    try {
      const document = await this.#fetch(this.#rangeRequest(file, url, { suffix: byteCount }));
      if (document.status === 206 && document.totalBytes !== undefined) {
        return { bytes: document.body, sizeBytes: document.totalBytes };
      }
      // 200: the whole file came although a part was asked for.
      if (document.status === 200) return { bytes: document.body, sizeBytes: document.body.length };
    } catch (error) {
      if (!(error instanceof EnkiError) || error.code === "offline" || error.code === "aborted") throw error;
    }
    this.#refusesRanges = true;
    return undefined;
  }

  #rangeRequest(file: IndexFile, url: string, range: NonNullable<HttpRequest["range"]>): HttpRequest {
    return { url, cache: "immutable", range, maxBytes: MAX_FILE_BYTES, what: file.fileName };
  }

  async #readFile(file: IndexFile, url: string): Promise<Uint8Array | undefined> {
    const sha256 = file.hashes.get("sha256");
    const document = await this.#fetch({
      url,
      cache: "immutable",
      maxBytes: MAX_FILE_BYTES,
      ...(sha256 === undefined ? {} : { sha256 }),
      what: file.fileName,
    });
    return document.status === 404 ? undefined : document.body;
  }

  /** Credentials go to the index's own host only. */
  async #fetch(request: HttpRequest): Promise<HttpDocument> {
    const isOwnHost = new URL(request.url).host === this.#host;
    return await this.#http.fetch(
      this.#authorization !== undefined && isOwnHost ? { ...request, authorization: this.#authorization } : request,
    );
  }
}

function absoluteUrl(file: IndexFile, base: string): string {
  const url = URL.canParse(file.url, base) ? new URL(file.url, base) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new EnkiError("invalid-registry-document", `the index gives ${file.fileName} no HTTP URL: ${file.url}`);
  }
  // What an index puts into a URL besides the path is no part of the address that a lock may hold.
  url.username = "";
  url.password = "";
  url.hash = "";
  return url.href;
}
