import type { FileSystem } from "../../model/file-system.ts";
import { npmDefaultRegistry } from "./default-registry.ts";

/** A client certificate as it is configured: for a place, `//host/path/`, by the names of two files. */
export interface CertificateFiles {
  readonly place: string;
  readonly certfile: string;
  readonly keyfile: string;
}

/** Values of npm's configuration, by key; later files have already lost to earlier ones. */
export class NpmConfiguration {
  readonly #values: ReadonlyMap<string, string>;
  /** Whether anything is written for any place, `//host/path/`: mostly nothing is, and every document asks. */
  readonly #hasPlaces: boolean;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
    this.#hasPlaces = [...values.keys()].some((key) => key.startsWith("//"));
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** The registry of a package name: its scope's, or the general one. */
  registryFor(name: string): string {
    const scope = name.startsWith("@") ? name.slice(0, name.indexOf("/")) : undefined;
    const scoped = scope === undefined ? undefined : this.#values.get(`${scope}:registry`);
    return withSlash(scoped ?? this.#values.get("registry") ?? npmDefaultRegistry());
  }

  /** The general registry and those of scopes. */
  registries(): readonly string[] {
    const scoped = [...this.#values].flatMap(([key, url]) => (/^@[^:]+:registry$/.test(key) ? [withSlash(url)] : []));
    return [this.registryFor(""), ...scoped];
  }

  /**
   * The `Authorization` header for a URL: credentials are written under `//host/path/`, and hold for that path and
   * everything below it, on that host only.
   */
  authorizationFor(url: string): string | undefined {
    const place = this.#placeOf(url);
    return place === undefined ? undefined : this.#authorizationAt(place);
  }

  /**
   * The `Authorization` header for a tarball of a package from `registry`: without credentials for its own place, those of
   * the registry, if it is the same host. GitLab keeps tarballs elsewhere than documents.
   */
  tarballAuthorizationFor(url: string, registry: string): string | undefined {
    const place = this.#placeOf(url);
    if (place !== undefined) return this.#authorizationAt(place);
    return new URL(url).host === new URL(registry).host ? this.authorizationFor(registry) : undefined;
  }

  /** Whether any place has a client certificate of its own. */
  get hasCertificateFiles(): boolean {
    return [...this.#values.keys()].some((key) => key.startsWith("//") && key.endsWith(":certfile"));
  }

  /** The files of the client certificate for a URL, which are credentials like others; they may accompany a token. */
  certificateFilesFor(url: URL): CertificateFiles | undefined {
    const place = this.#placeOf(url.href);
    return place === undefined ? undefined : this.#certificateFilesAt(place);
  }

  /** The nearest place at or above a URL, with a final slash or without, for which any credentials are written: they alone count. */
  #placeOf(url: string): string | undefined {
    if (!this.#hasPlaces) return undefined;
    const { host, pathname } = new URL(url);
    for (let place = `//${host}${pathname}`; place !== "//"; place = place.replace(/(?:[^/]+|\/)$/, "")) {
      if (this.#authorizationAt(place) !== undefined || this.#certificateFilesAt(place) !== undefined) return place;
    }
    return undefined;
  }

  #certificateFilesAt(place: string): CertificateFiles | undefined {
    const certfile = this.#values.get(`${place}:certfile`) ?? "";
    const keyfile = this.#values.get(`${place}:keyfile`) ?? "";
    return certfile === "" || keyfile === "" ? undefined : { place, certfile, keyfile };
  }

  #authorizationAt(place: string): string | undefined {
    const token = this.#values.get(`${place}:_authToken`);
    if (token !== undefined && token !== "") return `Bearer ${token}`;
    const basic = this.#values.get(`${place}:_auth`);
    if (basic !== undefined && basic !== "") return `Basic ${basic}`;
    const user = this.#values.get(`${place}:username`);
    const password = this.#values.get(`${place}:_password`);
    if (user === undefined || password === undefined) return undefined;
    return `Basic ${Buffer.from(`${user}:${Buffer.from(password, "base64").toString("utf8")}`).toString("base64")}`;
  }
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  // `${NAME}` or `${NAME?}`: without a value the first stays as it is, the second becomes empty.
  return text.replaceAll(/\$\{([^}{]{1,256})\}/g, (whole, name: string) => {
    const isLenient = name.endsWith("?");
    return environment[isLenient ? name.slice(0, -1) : name] ?? (isLenient ? "" : whole);
  });
}

/** A value without its quotes; between double ones stands a JSON string, as the authors of ini files have it. */
function unquoted(value: string): string {
  if (!/^(["']).*\1$/s.test(value) || value.length < 2) return value;
  if (value.startsWith("'")) return value.slice(1, -1);
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : value;
  } catch {
    return value.slice(1, -1);
  }
}

/** Reads the text of an `.npmrc`: `key = value` lines, comments with `;` or `#`, `key[]` for lists (joined by commas). */
export function parseNpmrc(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith(";") || trimmed.startsWith("#") || trimmed.startsWith("[")) continue;
    const equals = trimmed.indexOf("=");
    const key = expandVariables((equals === -1 ? trimmed : trimmed.slice(0, equals)).trim(), environment);
    let value = equals === -1 ? "true" : trimmed.slice(equals + 1).trim();
    value = expandVariables(unquoted(value), environment);
    const isList = key.endsWith("[]");
    const name = isList ? key.slice(0, -2) : key;
    const earlier = isList ? values.get(name) : undefined;
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return values;
}

function readNpmrc(
  files: FileSystem,
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const bytes = path === undefined ? undefined : files.readFile(path);
  return bytes === undefined ? new Map() : parseNpmrc(Buffer.from(bytes).toString("utf8"), environment);
}

/** Two ways of saying one thing: the stronger source decides about both. */
const oneThing = [
  ["before", "min-release-age"],
  ["cafile", "ca"],
];

/**
 * npm's configuration as far as registries are concerned, strongest first: `npm_config_*` variables, the project's
 * `.npmrc`, the user's, the global one.
 */
export function loadNpmConfiguration(
  files: FileSystem,
  projectDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): NpmConfiguration {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const match = /^npm_config_(.+)$/i.exec(name);
    if (match?.[1] === undefined || value === undefined || value === "") continue;
    const key = match[1].startsWith("//") ? match[1] : match[1].toLowerCase().replaceAll(/(?!^)_/g, "-");
    variables.set(key, value);
  }
  const home = environment["HOME"] ?? environment["USERPROFILE"];
  const userFile = variables.get("userconfig") ?? (home === undefined ? undefined : `${home}/.npmrc`);
  const globalFile = variables.get("globalconfig") ?? `${environment["PREFIX"] ?? "/usr"}/etc/npmrc`;
  const values = new Map<string, string>();
  for (const source of [
    readNpmrc(files, globalFile, environment),
    readNpmrc(files, userFile, environment),
    readNpmrc(files, `${projectDirectory}/.npmrc`, environment),
    variables,
  ]) {
    for (const ways of oneThing) {
      if (ways.some((key) => source.has(key))) for (const key of ways) values.delete(key);
    }
    for (const [key, value] of source) values.set(key, value);
  }
  return new NpmConfiguration(values);
}
