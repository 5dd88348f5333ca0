/** A Simple index in memory, answering as an {@link HttpClient}, and problems over it. */
import { createHash } from "node:crypto";
import type { Ecosystem, ResolveOptions, ToolCandidate } from "../../../src/ecosystems/ecosystem.ts";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { HttpClient, HttpDocument, HttpRequest } from "../../../src/net/http-client.ts";
import { resolveService } from "../../../src/resolve.ts";
import type { ResolveRequest, ResolveResult } from "../../../src/resolve/request.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { toyEcosystem } from "../../helpers/toy-ecosystem.ts";

/** One version of a project in memory. */
export interface MemoryVersion {
  readonly requires?: readonly string[];
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  readonly requiresPython?: string;
  /** Wheel tags; `py3-none-any` when absent; none for no wheel. */
  readonly wheelTags?: readonly string[];
  readonly hasSdist?: boolean;
  readonly yanked?: string | boolean;
  readonly uploadTime?: string;
  /** Files to list instead of invented ones. */
  readonly files?: readonly Readonly<Record<string, JsonValue>>[];
}

export type MemoryProjects = ReadonlyMap<string, ReadonlyMap<string, MemoryVersion>>;

export const indexUrl = "http://index.example/simple/";

const empty: HttpDocument = { status: 404, url: "", body: new Uint8Array(), contentType: "", isFromCache: false };

/** The index. Metadata is offered for wheels and source distributions alike. */
export class MemoryIndex implements HttpClient {
  readonly requests: string[] = [];
  readonly #projects: MemoryProjects;
  readonly #metadata = new Map<string, string>();

  readonly #filesBase: string;

  /** `filesBase` replaces where files are said to be, also those with a URL of their own. */
  constructor(served: MemoryProjects, options: { readonly filesBase?: string } = {}) {
    this.#projects = served;
    this.#filesBase = options.filesBase ?? "";
  }

  async fetch(request: HttpRequest): Promise<HttpDocument> {
    await Promise.resolve();
    this.requests.push(request.url);
    const body = this.#body(request.url);
    if (body === undefined) return { ...empty, url: request.url };
    const bytes = new TextEncoder().encode(body);
    return {
      ...empty,
      status: 200,
      url: request.url,
      body: request.derive === undefined ? bytes : await request.derive.compute(bytes),
    };
  }

  #body(url: string): string | undefined {
    if (url.endsWith(".metadata")) return this.#metadata.get(url.slice(0, -".metadata".length));
    const name = /\/simple\/([^/]+)\/$/.exec(url)?.[1] ?? "";
    const versions = this.#projects.get(name);
    if (versions === undefined) return undefined;
    const files = [...versions].flatMap(([version, facts]) => this.#files(name, version, facts));
    return JSON.stringify({ meta: { "api-version": "1.1" }, name, files });
  }

  #files(name: string, version: string, facts: MemoryVersion): readonly Record<string, JsonValue>[] {
    const stem = `${name.replaceAll("-", "_")}-${version}`;
    const names = (facts.wheelTags ?? ["py3-none-any"]).map((tag) => `${stem}-${tag}.whl`);
    if (facts.hasSdist === true) names.push(`${name}-${version}.tar.gz`);
    const listed: readonly Readonly<Record<string, JsonValue>>[] =
      facts.files ?? names.map((fileName) => ({ filename: fileName }));
    return listed.map((file) => {
      const fileName = JSON.stringify(file["filename"]).slice(1, -1);
      const own = typeof file["url"] === "string" ? file["url"] : `http://index.example/files/${fileName}`;
      const url = this.#filesBase === "" ? own : `${this.#filesBase}${fileName}`;
      this.#metadata.set(url, metadataText(name, version, facts));
      return {
        hashes: { sha256: createHash("sha256").update(fileName).digest("hex") },
        "core-metadata": true,
        ...(facts.requiresPython === undefined ? {} : { "requires-python": facts.requiresPython }),
        ...(facts.yanked === undefined ? {} : { yanked: facts.yanked }),
        ...(facts.uploadTime === undefined ? {} : { "upload-time": facts.uploadTime }),
        ...file,
        url,
      };
    });
  }
}

/** Core metadata of a version. */
export function metadataText(name: string, version: string, facts: MemoryVersion): string {
  const lines = ["Metadata-Version: 2.2", `Name: ${name}`, `Version: ${version}`];
  if (facts.requiresPython !== undefined) lines.push(`Requires-Python: ${facts.requiresPython}`);
  for (const requirement of facts.requires ?? []) lines.push(`Requires-Dist: ${requirement}`);
  for (const [extra, requirements] of Object.entries(facts.extras ?? {})) {
    lines.push(`Provides-Extra: ${extra}`);
    for (const requirement of requirements) {
      const [before = "", marker] = requirement.split(";");
      const condition = marker === undefined ? "" : `(${marker.trim()}) and `;
      lines.push(`Requires-Dist: ${before.trim()} ; ${condition}extra == "${extra}"`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Stands for the ecosystem of toolchains: it offers the given Pythons, best first. */
export function pythons(versions: readonly string[]): Ecosystem {
  const offered: readonly ToolCandidate[] = versions.map((version) => ({ version, attribute: `python${version}` }));
  const toy = toyEcosystem("nix", {});
  return {
    ...toy,
    verify: () => [],
    toolCandidates: () => offered,
    rangeAdmits: (range, version) => range === "*" || range === `=${version}`,
    openSource: (context) => {
      const source = toy.openSource(context);
      const ranges: { syntax: string; range: string }[] = [{ syntax: "nix", range: "*" }];
      let tool: number | undefined;
      return {
        ...source,
        accept: (requirement) => {
          tool ??= context.newPackage();
          const syntax = requirement.rangeSyntax ?? "nix";
          let index = ranges.findIndex((one) => one.syntax === syntax && one.range === requirement.range);
          if (index < 0) index = ranges.push({ syntax, range: requirement.range }) - 1;
          return { package: tool, requirement: index };
        },
        facts: () => ({ count: versions.length }),
        dependencies: () => [],
        matches: (_package, requirement) => {
          const { syntax, range } = ranges[requirement] ?? { syntax: "nix", range: "*" };
          let bits = 0;
          for (const [index, version] of versions.entries()) {
            if (context.rangeAdmits(syntax, range, version)) bits |= 1 << index;
          }
          return Int32Array.of(bits);
        },
        load: async () => {},
        describe: () => ({ ecosystem: "nix", kind: "tool", label: "python" }),
        describeVersions: (_package, set) => versions.filter((_, index) => ((set[0] ?? 0) >>> index) & 1).join(" or "),
        describeRequirement: (_package, requirement) => ranges[requirement]?.range ?? "",
        packageId: (_package, candidate) => `nix:python@${versions[candidate] ?? ""}`,
        collect: async (selection) => ({
          roots: [],
          packages: versions
            .filter((_, index) => tool !== undefined && selection.candidate(tool) === index)
            .map((version) => ({
              id: `nix:python@${version}`,
              ecosystem: "nix",
              name: "python",
              version,
              artifacts: [],
              details: {},
            })),
          instances: [],
          edges: [],
          provenance: [],
          fidelity: { ecosystem: "nix", gaps: [], unverified: [] },
        }),
      };
    },
  };
}

/** What a problem asks. */
export interface Problem {
  readonly requires: readonly string[];
  readonly python?: string;
  readonly system?: string;
  readonly options?: Partial<ResolveOptions>;
  readonly settings?: Readonly<Record<string, JsonValue>>;
  readonly extra?: Partial<ResolveRequest>;
}

/** Resolves the requirements of one requirements file over an index. */
export async function solve(http: HttpClient, problem: Problem): Promise<ResolveResult> {
  const text = problem.requires.map((line) => `${line}\n`).join("");
  const files = { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined };
  const context = { projectDirectory: "/project", files };
  const reading = pypi.readManifest("requirements.txt", new TextEncoder().encode(text), context);
  if (reading.manifest === undefined) throw new Error(JSON.stringify(reading.diagnostics));
  return await resolveService(
    resolveRequest([pythons([problem.python ?? "3.12.1"]), pypi], [reading.manifest], {
      http,
      isOffline: false,
      systems: [problem.system ?? "x86_64-linux"],
      registries: new Map([["pypi", [{ kind: "http", url: indexUrl }]]]),
      options: {
        settings: new Map(Object.entries({ "build-environments": "none", ...problem.settings })),
        ...problem.options,
      },
      ...problem.extra,
    }),
  );
}

/** Name to version of what was selected, or `undefined` when there is no answer. */
export function answer(result: ResolveResult): Readonly<Record<string, string>> | undefined {
  if (result.kind !== "resolved") return undefined;
  if (result.violations.length > 0) throw new Error(JSON.stringify(result.violations));
  const own = result.resolution.packages.filter(({ ecosystem }) => ecosystem === "pypi");
  return Object.fromEntries(own.map(({ name, version }) => [name, version]));
}

/** Projects as a plain object of objects. */
export function projects(table: Readonly<Record<string, Readonly<Record<string, MemoryVersion>>>>): MemoryProjects {
  return new Map(Object.entries(table).map(([name, versions]) => [name, new Map(Object.entries(versions))]));
}
