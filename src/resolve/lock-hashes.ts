import {
  digestFromHex,
  digestOf,
  formatIntegrity,
  isStrong,
  parseIntegrity,
  type Digest,
} from "../formats/integrity.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { Artifact, Resolution, ResolvedPackage } from "../model/resolution.ts";
import type { HttpClient } from "../net/http-client.ts";

/** The largest file that is fetched for its hash, in bytes. */
const maximumFileBytes = 1024 * 1024 * 1024;

/**
 * The same resolution with a sha512 for every plain download that had none: each is fetched once, compared with the
 * weak hash and the size that its registry published, and that hash is kept as `upgradedFrom`. Checkouts are left as
 * they are. Throws an EnkiError (`integrity-mismatch`) for a file that is not the published one.
 */
export async function lockMissingHashes(resolution: Resolution, http: HttpClient): Promise<Resolution> {
  const packages = await Promise.all(
    resolution.packages.map(async (package_) => {
      if (package_.artifacts.every((artifact) => !lacksHash(artifact))) return package_;
      const artifacts = await Promise.all(
        package_.artifacts.map(async (artifact) =>
          lacksHash(artifact) ? withHash(package_, artifact, http) : artifact,
        ),
      );
      return { ...package_, artifacts };
    }),
  );
  return { ...resolution, packages };
}

/** The same resolution with the hashes that an earlier lock holds for downloads whose registry publishes none. */
export function keepLockedHashes(resolution: Resolution, previous: Resolution | undefined): Resolution {
  const locked = new Map(
    previous?.packages.flatMap(({ id, artifacts }) =>
      artifacts.filter(({ integrity }) => integrity !== undefined).map((one) => [`${id} ${one.url}`, one] as const),
    ),
  );
  if (locked.size === 0) return resolution;
  const packages = resolution.packages.map((package_) => {
    if (!package_.artifacts.some(lacksHash)) return package_;
    const artifacts = package_.artifacts.map((artifact) => {
      const { integrity, upgradedFrom } = locked.get(`${package_.id} ${artifact.url}`) ?? {};
      if (!lacksHash(artifact) || integrity === undefined) return artifact;
      return { ...artifact, integrity, ...(upgradedFrom === undefined ? {} : { upgradedFrom }) };
    });
    return { ...package_, artifacts };
  });
  return { ...resolution, packages };
}

function lacksHash({ kind, url, integrity }: Artifact): boolean {
  return integrity === undefined && kind !== "git" && kind !== "version-control" && /^https?:/.test(url);
}

async function withHash(package_: ResolvedPackage, artifact: Artifact, http: HttpClient): Promise<Artifact> {
  const { url } = artifact;
  const document = await http.fetch({ url, cache: "immutable", maxBytes: maximumFileBytes, what: package_.id });
  if (document.status !== 200) throw new EnkiError("not-found", `the file of ${package_.id} is gone: ${url}`);
  const { body } = document;
  if (artifact.sizeBytes !== undefined && artifact.sizeBytes !== body.length) {
    const sizes = `${String(body.length)} bytes instead of ${String(artifact.sizeBytes)}`;
    throw new EnkiError("integrity-mismatch", `${url} has ${sizes}`);
  }
  const published = publishedDigests(package_.details, url);
  const wrong = published.find((digest) => digestOf(digest.algorithm, body).hex !== digest.hex);
  if (wrong !== undefined) {
    throw new EnkiError("integrity-mismatch", `${url} is not the file that ${package_.id} was published with`, {
      hint: `its ${wrong.algorithm} is ${digestOf(wrong.algorithm, body).hex}, published was ${wrong.hex}`,
    });
  }
  const [weak] = published.filter((digest) => !isStrong(digest));
  return {
    ...artifact,
    integrity: formatIntegrity(digestOf("sha512", body)),
    ...(weak === undefined ? {} : { upgradedFrom: formatIntegrity(weak) }),
  };
}

/** Hashes that the details of a package keep: `integrity`, or `checksums` of the file itself or beside its `url`. */
function publishedDigests(details: JsonObject, url: string): readonly Digest[] {
  const beside = Object.values(details)
    .flatMap((value): readonly JsonValue[] => (Array.isArray(value) ? value : []))
    .find((value) => isObject(value) && value["url"] === url);
  const place = isObject(beside) ? beside : details;
  const { integrity, checksums } = place;
  const fromIntegrity = typeof integrity === "string" ? (parseIntegrity(integrity) ?? []) : [];
  const listed = Array.isArray(checksums) ? checksums.filter((item) => typeof item === "string") : [];
  return [...fromIntegrity, ...listed.flatMap((checksum) => digestOfChecksum(checksum) ?? [])];
}

/** `sha1=<hex>`; without a name it is an MD5. */
function digestOfChecksum(checksum: string): Digest | undefined {
  const equals = checksum.indexOf("=");
  const algorithm = equals === -1 ? "md5" : checksum.slice(0, equals);
  const hex = checksum.slice(equals + 1);
  return algorithm === "md5" || algorithm === "sha1" || algorithm === "sha256" || algorithm === "sha512"
    ? digestFromHex(algorithm, hex)
    : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
