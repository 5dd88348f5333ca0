import { EnkiError } from "../../model/enki-error.ts";
import type { FileSystem } from "../../model/file-system.ts";
import { WholeForm } from "../../net/derived-form.ts";
import type { HttpClient, HttpRequest } from "../../net/http-client.ts";
import type { RegistryLocation } from "../ecosystem.ts";
import type { NpmConfiguration } from "./npm-configuration.ts";
import { Packument } from "./packument.ts";
import { slimFormat } from "./slim-layout.ts";
import { slimPackumentBytes } from "./slim-packument.ts";
import { SlimThread } from "./slim-thread.ts";

/** Where packuments come from. */
export interface PackumentRegistry {
  /** The packument of `name`, or `undefined` when the registry has none. */
  packument(name: string): Promise<Packument | undefined>;
  /** The packument of `name` if the cache has one that may be used without asking: then without waiting. */
  kept?(name: string): Packument | undefined;
  /** For the lock's provenance: a URL without credentials, or a path. */
  readonly label: string;
}

/** Abbreviated packuments first, as npm itself asks for them. */
const abbreviated = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
const complete = "application/json";
const maximumPackumentBytes = 128 * 1024 * 1024;

function escapedName(name: string): string {
  return name.startsWith("@") ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name);
}

/** A registry behind HTTP. With `needsFullDocuments` the full packuments are asked for, which know licences and when versions were published. */
class HttpRegistry implements PackumentRegistry {
  readonly label: string;
  readonly #http: HttpClient;
  readonly #baseUrl: (name: string) => string;
  readonly #authorization: (url: string) => string | undefined;
  readonly #needsFullDocuments: boolean;
  readonly #slimThread = new SlimThread();

  constructor(
    http: HttpClient,
    where: { label: string; baseUrl(name: string): string; authorization(url: string): string | undefined },
    needsFullDocuments: boolean,
  ) {
    this.label = where.label;
    this.#http = http;
    this.#baseUrl = where.baseUrl;
    this.#authorization = where.authorization;
    this.#needsFullDocuments = needsFullDocuments;
  }

  async packument(name: string): Promise<Packument | undefined> {
    const short = this.#needsFullDocuments ? undefined : await this.#ask(name, abbreviated);
    // Some registries have no abbreviated documents and say that there is nothing; npm asks again too.
    return short ?? (await this.#ask(name, complete));
  }

  kept(name: string): Packument | undefined {
    const kept = this.#http.kept?.(this.#request(name, this.#needsFullDocuments ? complete : abbreviated));
    return kept === undefined || kept.status === 404 ? undefined : new Packument(name, kept.form);
  }

  async #ask(name: string, accept: string): Promise<Packument | undefined> {
    const document = await this.#http.fetch(this.#request(name, accept));
    return document.status === 404 ? undefined : new Packument(name, new WholeForm(document.body));
  }

  #request(name: string, accept: string): HttpRequest {
    const url = this.#baseUrl(name) + escapedName(name);
    const authorization = this.#authorization(url);
    return {
      url,
      accept,
      cache: "revalidate",
      maxBytes: maximumPackumentBytes,
      derive: { format: slimFormat, compute: (body) => this.#slimThread.slim(name, body) },
      what: name,
      ...(authorization !== undefined && { authorization }),
    };
  }
}

/** A folder of packuments, one file `<name>.json` each, with the slash of a scoped name as `%2f`. */
class DirectoryRegistry implements PackumentRegistry {
  readonly label: string;
  readonly #files: FileSystem;
  readonly #directory: string;

  constructor(files: FileSystem, directory: string, label: string) {
    this.#files = files;
    this.#directory = directory;
    this.label = label;
  }

  packument(name: string): Promise<Packument | undefined> {
    if (!isSafeName(name)) return Promise.resolve(undefined);
    const [scope, rest] = name.split("/");
    const spellings =
      rest === undefined
        ? [`${name}.json`]
        : [`${scope}%2f${rest}.json`, `${scope}%2F${rest}.json`, `${scope}/${rest}.json`];
    for (const spelling of spellings) {
      const bytes = this.#files.readFile(`${this.#directory}/${spelling}`);
      if (bytes !== undefined)
        return Promise.resolve(new Packument(name, new WholeForm(slimPackumentBytes(name, bytes))));
    }
    return Promise.resolve(undefined);
  }
}

function isSafeName(name: string): boolean {
  return !/(?:^|\/)\.\.?(?:\/|$)|\\|\0/.test(name) && name.split("/").length <= 2;
}

/** Several registries in order of rank: the first that knows a name answers for it. */
class RankedRegistries implements PackumentRegistry {
  readonly label: string;
  readonly #registries: readonly PackumentRegistry[];

  constructor(registries: readonly PackumentRegistry[]) {
    this.#registries = registries;
    this.label = registries[0]?.label ?? "";
  }

  async packument(name: string): Promise<Packument | undefined> {
    for (const registry of this.#registries) {
      const packument = await registry.packument(name);
      if (packument !== undefined) return packument;
    }
    return undefined;
  }

  kept(name: string): Packument | undefined {
    // What a later registry has counts only where the earlier ones have nothing, and that takes asking.
    return this.#registries[0]?.kept?.(name);
  }
}

/** What opening registries needs. */
export interface RegistrySettings {
  readonly http: HttpClient;
  readonly files: FileSystem;
  readonly projectDirectory: string;
  readonly configuration: NpmConfiguration;
  readonly needsFullDocuments: boolean;
}

function openLocation(location: RegistryLocation, settings: RegistrySettings): PackumentRegistry {
  const { configuration } = settings;
  if (location.kind === "http") {
    const url = location.url.endsWith("/") ? location.url : `${location.url}/`;
    const authorization = (asked: string): string | undefined => configuration.authorizationFor(asked);
    return new HttpRegistry(
      settings.http,
      { label: withoutCredentials(url), baseUrl: () => url, authorization },
      settings.needsFullDocuments,
    );
  }
  const path = location.path.startsWith("/") ? location.path : `${settings.projectDirectory}/${location.path}`;
  const inner = `${path}/packuments`;
  const directory = settings.files.kind(inner) === "directory" ? inner : path;
  if (settings.files.kind(directory) !== "directory") {
    throw new EnkiError("not-found", `There is no folder of packuments at ${location.path}`, {
      hint: "give a folder with one <name>.json per package, or the URL of a registry",
    });
  }
  return new DirectoryRegistry(settings.files, directory, location.name ?? location.path);
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}

/** The registries of a run: the given ones in order of rank, or those of npm's own configuration. */
export function openRegistry(locations: readonly RegistryLocation[], settings: RegistrySettings): PackumentRegistry {
  if (locations.length > 0) return new RankedRegistries(locations.map((location) => openLocation(location, settings)));
  const { configuration } = settings;
  return new HttpRegistry(
    settings.http,
    {
      label: withoutCredentials(configuration.registryFor("")),
      baseUrl: (name) => configuration.registryFor(name),
      authorization: (url) => configuration.authorizationFor(url),
    },
    settings.needsFullDocuments,
  );
}
