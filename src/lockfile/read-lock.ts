import { EnkiError } from "../model/enki-error.ts";
import type { EdgeKind } from "../model/requirement.ts";
import type {
  Artifact,
  Edge,
  Fidelity,
  Instance,
  Provenance,
  ResolvedPackage,
  ResolvedRoot,
  Resolution,
} from "../model/resolution.ts";
import { canonicalResolution } from "./canonical-resolution.ts";
import {
  decodeCount,
  decodeJsonObject,
  decodeList,
  decodeString,
  decodeStrings,
  entriesOf,
  invalid,
  RecordReader,
} from "./decoder.ts";
import type { Located } from "./decoder.ts";
import {
  DEFAULT_EDGE_KIND,
  DEFAULT_ENVIRONMENT,
  EDGE_KINDS,
  LOCK_FILE_NAME,
  LOCK_REVISION,
  LOCK_SCHEMA,
} from "./lock-schema.ts";
import { parseLockJson } from "./parse-lock-json.ts";
import { verifyLockStructure } from "./verify-lock-structure.ts";

/**
 * Reads the text of `enki.lock`. Throws an EnkiError (`invalid-lock`) that says where and what to do: for merge
 * conflicts, for a lock of a newer Enki, for wrong types, and for references that lead nowhere.
 */
export function parseLock(text: string, file: string = LOCK_FILE_NAME): Resolution {
  const top = new RecordReader({ value: parseLockJson(text, file), path: "" });
  const schema = top.required("schema", decodeCount);
  if (schema > LOCK_SCHEMA || schema === 0) throw unreadableSchema(file, schema);
  // Keys that a later revision added may be ignored; unknown keys of a known revision are damage.
  const isFromLaterRevision = (top.optional("revision", decodeCount) ?? 0) > LOCK_REVISION;
  const lock = canonicalResolution(new LockReader(isFromLaterRevision).read(top));
  verifyLockStructure(lock);
  return lock;
}

function unreadableSchema(file: string, schema: number): EnkiError {
  if (schema === 0) return invalid("schema", "must be 1 or more");
  return new EnkiError(
    "invalid-lock",
    `${file} was written by a newer Enki: it has schema ${String(schema)}, and this Enki reads up to ${String(LOCK_SCHEMA)}`,
    { hint: `install a newer Enki, or delete ${file} and run \`enki resolve\` to write it anew` },
  );
}

/** Collects what the blocks of a lock hold into the flat lists of a resolution. */
class LockReader {
  readonly #ignoresUnknownKeys: boolean;
  readonly #edges: Edge[] = [];
  readonly #instances: Instance[] = [];

  constructor(ignoresUnknownKeys: boolean) {
    this.#ignoresUnknownKeys = ignoresUnknownKeys;
  }

  read(top: RecordReader): Resolution {
    const roots = top.required("roots", (located) => entriesOf(located).map((entry) => this.#root(entry)));
    const packages = top.required("packages", (located) => entriesOf(located).map((entry) => this.#package(entry)));
    const targets = top.required("targets", (located) =>
      entriesOf(located).map((entry) => ({ system: entry.key, tools: decodeJsonObject(entry) })),
    );
    const provenance = top.required("provenance", (located) =>
      entriesOf(located).flatMap((entry) =>
        decodeList((registry) => this.#record(registry, (reader) => provenanceOf(entry.key, reader)))(entry),
      ),
    );
    const fidelity = top.required("fidelity", (located) =>
      entriesOf(located).map((entry) => this.#record(entry, (reader) => fidelityOf(entry.key, reader))),
    );
    const excludeNewer = top.optional("excludeNewer", decodeString);
    this.#finish(top);
    const lists = { roots, packages, instances: this.#instances, edges: this.#edges, targets, provenance, fidelity };
    return excludeNewer === undefined ? lists : { ...lists, excludeNewer };
  }

  #root(entry: Located & { readonly key: string }): ResolvedRoot {
    return this.#record(entry, (reader) => {
      reader.required(
        "edges",
        decodeList((edge) => this.#edge(entry.key, edge)),
      );
      return {
        id: entry.key,
        ecosystem: reader.required("ecosystem", decodeString),
        file: reader.required("file", decodeString),
        sha256: reader.required("sha256", decodeString),
        ...present("name", reader.optional("name", decodeString)),
        ...present("version", reader.optional("version", decodeString)),
        details: reader.optional("details", decodeJsonObject) ?? {},
      };
    });
  }

  #package(entry: Located & { readonly key: string }): ResolvedPackage {
    return this.#record(entry, (reader) => {
      reader.required(
        "edges",
        decodeList((edge) => this.#edge(entry.key, edge)),
      );
      reader.required(
        "instances",
        decodeList((instance) => this.#instance(entry.key, instance)),
      );
      return {
        id: entry.key,
        ecosystem: reader.required("ecosystem", decodeString),
        name: reader.required("name", decodeString),
        version: reader.required("version", decodeString),
        ...present("licence", reader.optional("licence", decodeString)),
        artifacts: reader.required(
          "artifacts",
          decodeList((artifact) => this.#record(artifact, artifactOf)),
        ),
        details: reader.optional("details", decodeJsonObject) ?? {},
      };
    });
  }

  #edge(from: string, located: Located): void {
    this.#edges.push(
      this.#record(located, (reader) => ({
        from,
        to: reader.required("to", decodeString),
        kind: reader.optional("kind", decodeEdgeKind) ?? DEFAULT_EDGE_KIND,
        ...present("alias", reader.optional("alias", decodeString)),
        range: reader.required("range", decodeString),
        environment: reader.optional("environment", decodeString) ?? DEFAULT_ENVIRONMENT,
        ...present("why", reader.optional("why", decodeString)),
        ...present("systems", reader.optional("systems", decodeStrings)),
      })),
    );
  }

  #instance(packageId: string, located: Located): void {
    this.#instances.push(
      this.#record(located, (reader) => ({
        package: packageId,
        environment: reader.optional("environment", decodeString) ?? DEFAULT_ENVIRONMENT,
        features: reader.optional("features", decodeStrings) ?? [],
        ...present("path", reader.optional("path", decodeString)),
        ...present("systems", reader.optional("systems", decodeStrings)),
      })),
    );
  }

  #record<T>(located: Located, decode: (reader: RecordReader) => T): T {
    const reader = new RecordReader(located);
    const decoded = decode(reader);
    this.#finish(reader);
    return decoded;
  }

  #finish(reader: RecordReader): void {
    if (!this.#ignoresUnknownKeys) reader.refuseOthers();
  }
}

function artifactOf(reader: RecordReader): Artifact {
  return {
    kind: reader.required("kind", decodeString),
    url: reader.required("url", decodeString),
    ...present("integrity", reader.optional("integrity", decodeString)),
    ...present("sizeBytes", reader.optional("sizeBytes", decodeCount)),
    ...present("upgradedFrom", reader.optional("upgradedFrom", decodeString)),
    ...present("systems", reader.optional("systems", decodeStrings)),
  };
}

function provenanceOf(ecosystem: string, reader: RecordReader): Provenance {
  return {
    ecosystem,
    registry: reader.required("registry", decodeString),
    ...present("revision", reader.optional("revision", decodeString)),
  };
}

function fidelityOf(ecosystem: string, reader: RecordReader): Fidelity {
  return {
    ecosystem,
    gaps: reader.required("gaps", decodeStrings),
    unverified: reader.required("unverified", decodeStrings),
  };
}

function decodeEdgeKind({ value, path }: Located): EdgeKind {
  for (const kind of EDGE_KINDS) if (kind === value) return kind;
  throw invalid(path, `must be one of ${[...EDGE_KINDS].join(", ")}`);
}

/** A field that is there only when it has a value. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key loses its literal type
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
