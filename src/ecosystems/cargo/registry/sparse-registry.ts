import { withoutCredentials } from "../../../net/redact.ts";
import type { HttpClient, HttpDocument } from "../../../net/http-client.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Catalog } from "./catalog.ts";
import { openCrateIndex } from "./crate-index.ts";
import { downloadTemplate, downloadUrl } from "./download-url.ts";
import { indexPath, isCrateName } from "./index-path.ts";
import type { Registry } from "./registry.ts";

/** What a sparse registry says about itself. */
interface SparseConfiguration {
  readonly template: string | undefined;
  /** Whether the token must accompany every request. */
  readonly needsToken: boolean;
}

/** A registry that serves its index file by file over HTTP (cargo book, "Sparse protocol"). */
export class SparseRegistry implements Registry {
  readonly source: CrateSource;
  readonly address: string;
  /** The address with the credentials that it may hold: for asking only. */
  readonly #base: string;
  readonly #http: HttpClient;
  readonly #token: string | undefined;
  #configuration: Promise<SparseConfiguration> | undefined;

  constructor(source: CrateSource, http: HttpClient, url: string, token: string | undefined) {
    this.source = source;
    this.#base = url.endsWith("/") ? url : `${url}/`;
    this.address = withoutCredentials(this.#base);
    this.#http = http;
    this.#token = token;
  }

  async load(crate: string): Promise<Catalog | undefined> {
    if (!isCrateName(crate)) return undefined;
    const { template, needsToken } = await (this.#configuration ??= this.#configure());
    const document = await this.#fetch(indexPath(crate), `crate ${crate}`, needsToken);
    if (document.status === 404) return undefined;
    const toUrl = (release: Release): string | undefined => downloadUrl(template, release);
    return openCrateIndex(crate, this.source, document.body, toUrl);
  }

  /** The public registry needs no probe: its configuration is known and saves a round trip. */
  async #configure(): Promise<SparseConfiguration> {
    if (this.source.id === publicRegistry.id && this.address === "https://index.crates.io/") {
      return { template: downloadTemplate(undefined, this.source), needsToken: false };
    }
    let document: HttpDocument;
    try {
      document = await this.#fetch("config.json", "registry configuration", false);
    } catch (error) {
      const isRefused = error instanceof EnkiError && error.code === "unauthorised";
      if (!isRefused || this.#token === undefined) throw error;
      document = await this.#fetch("config.json", "registry configuration", true);
    }
    if (document.status === 404) {
      throw new EnkiError("not-found", `${this.address} is no crates index: it has no config.json`, {
        hint: "give the address of a sparse index, with its path and a slash at the end",
      });
    }
    const text = new TextDecoder().decode(document.body);
    return {
      template: downloadTemplate(document.body, this.source),
      needsToken: /"auth-required"\s*:\s*true/u.test(text),
    };
  }

  async #fetch(path: string, what: string, withToken: boolean): Promise<HttpDocument> {
    return this.#http.fetch({
      url: `${this.#base}${path}`,
      accept: "text/plain, application/json;q=0.9, */*;q=0.5",
      headers: { "cargo-protocol": "version=1" },
      cache: "revalidate",
      what,
      ...(withToken && this.#token !== undefined ? { authorization: this.#token } : {}),
    });
  }
}
