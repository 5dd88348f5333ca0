// Writes recorded or invented facts about packages as registries in their native layouts, so that Enki reads them like
// any other registry on disk. Plain JavaScript: the demo runs it in Node, the tests import it.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** @import { Facts, LayoutOptions, Packages } from "./registry-layouts.mjs" */

/**
 * @param {string} ecosystem
 * @param {Packages} packages
 * @param {LayoutOptions} [options]
 * @returns {Map<string, string | Uint8Array>}
 */
export function registryFiles(ecosystem, packages, options = {}) {
  const layout = layouts.get(ecosystem);
  if (layout === undefined) throw new Error(`no layout is known for the ecosystem ${ecosystem}`);
  const files = new Map(layout.common(options));
  for (const name of Object.keys(packages)) {
    const { index = {}, ...versions } = packages[name] ?? {};
    for (const [path, content] of layout.files(name, versions, { index, options })) files.set(path, content);
  }
  return files;
}

/**
 * @param {string} directory
 * @param {string} ecosystem
 * @param {Packages} packages
 * @param {LayoutOptions} [options]
 */
export function writeRegistry(directory, ecosystem, packages, options = {}) {
  mkdirSync(directory, { recursive: true });
  for (const [path, content] of registryFiles(ecosystem, packages, options)) {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
}

/** A digest for a package that exists in a scenario only: the same on every machine, and of no real file. */
const invented = (algorithm, text, encoding) => createHash(algorithm).update(text).digest(encoding);

const layouts = new Map([
  ["npm", { common: () => [], files: npmFiles }],
  ["pypi", { common: () => [], files: pypiFiles }],
  ["cargo", { common: cargoCommon, files: cargoFiles }],
  ["opam", { common: () => [["repo", 'opam-version: "2.0"\n']], files: opamFiles }],
]);

/** One packument per package; a scope's slash is written `%2f`. */
function* npmFiles(name, versions, { index, options }) {
  const base = options.npmBase ?? "https://npm.example";
  const packument = {
    name,
    "dist-tags": { latest: Object.keys(versions).at(-1), ...index.tags },
    versions: Object.create(null),
    time: Object.create(null),
  };
  for (const [version, { integrity, published, tarball, ...manifest }] of Object.entries(versions)) {
    const file = `${name.replace(/^@[^/]+\//u, "")}-${version}.tgz`;
    packument.versions[version] = {
      name,
      version,
      ...manifest,
      dist: {
        tarball: tarball ?? `${base}/${name}/-/${file}`,
        integrity: integrity ?? `sha512-${invented("sha512", `${name}@${version}`, "base64")}`,
      },
    };
    packument.time[version] = published ?? "2020-01-01T00:00:00.000Z";
  }
  yield [`${name.replace("/", "%2f")}.json`, `${JSON.stringify(packument, undefined, 1)}\n`];
}

/** A page of the Simple index (PEP 691) per project, with the metadata of each wheel beside it (PEP 658). */
function* pypiFiles(name, versions, { options }) {
  const base = options.pypiFilesBase ?? "https://files.example";
  // Folders bear normalised names (PEP 503).
  const folder = name.toLowerCase().replaceAll(/[-_.]+/gu, "-");
  const page = { meta: { "api-version": "1.1" }, name, versions: Object.keys(versions), files: [] };
  for (const [version, facts] of Object.entries(versions)) {
    const metadata = coreMetadata(name, version, facts);
    const wheel = `${name.replaceAll(/[-.]+/gu, "_")}-${version}-py3-none-any.whl`;
    const sdist = facts.sdist && sdistFile(name, version, facts.sdist);
    if (sdist !== undefined) yield [`${name}/${sdist.name}`, sdist.body];
    for (const file of [...(facts.files ?? (sdist ? [] : [{ name: wheel }])), ...(sdist ? [sdist] : [])]) {
      const sha256 = file.sha256 ?? invented("sha256", `${file.name}`, "hex");
      const isWheel = file.name.endsWith(".whl");
      page.files.push({
        filename: file.name,
        url: file.url ?? `${base}/${file.path ?? `${name}/${file.name}`}`,
        hashes: { sha256 },
        "core-metadata": isWheel && { sha256: invented("sha256", metadata, "hex") },
        yanked: file.yanked ?? facts.yanked ?? false,
        "upload-time": file.published ?? facts.published ?? "2020-01-01T00:00:00Z",
        ...((file.python ?? facts.python) !== undefined && { "requires-python": file.python ?? facts.python }),
        ...(file.size !== undefined && { size: file.size }),
      });
      if (isWheel) yield [`${folder}/${file.name}.metadata`, metadata];
    }
  }
  yield [`${folder}/index.json`, `${JSON.stringify(page, undefined, 1)}\n`];
}

/** A source distribution of the given members (path -> text), such as pyproject.toml and Cargo.toml. */
function sdistFile(name, version, members) {
  return archive(`${name.replaceAll(/[-.]+/gu, "_")}-${version}`, members);
}

function archive(stem, members) {
  const blocks = Object.entries(members).flatMap(([path, text]) => tarBlocks(`${stem}/${path}`, Buffer.from(text)));
  const body = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { name: `${stem}.tar.gz`, sha256, size: body.length, body };
}

/** One regular file of a ustar archive: header, body, padding. */
function tarBlocks(path, body) {
  const header = Buffer.alloc(512);
  const fields = [
    [0, path],
    [100, "0000644"],
    [124, body.length.toString(8).padStart(11, "0")],
    [136, "00000000000"],
    [156, "0"],
    [257, "ustar\u000000"],
  ];
  for (const [offset, text] of fields) header.write(text, offset, "latin1");
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}

function coreMetadata(name, version, facts) {
  const lines = ["Metadata-Version: 2.4", `Name: ${name}`, `Version: ${version}`];
  if (facts.license !== undefined) lines.push(`License-Expression: ${facts.license}`);
  if (facts.python !== undefined) lines.push(`Requires-Python: ${facts.python}`);
  for (const extra of facts.extras ?? []) lines.push(`Provides-Extra: ${extra}`);
  for (const requirement of facts.requires ?? []) lines.push(`Requires-Dist: ${requirement}`);
  return `${lines.join("\n")}\n`;
}

function cargoCommon(options) {
  const dl = options.cargoDownload ?? "https://crates.example/crates/{crate}/{crate}-{version}.crate";
  return [["config.json", `${JSON.stringify({ dl })}\n`]];
}

/** One file per crate in the layout of the sparse index, one line per version. */
function* cargoFiles(name, versions) {
  const lines = Object.entries(versions).map(([vers, { dependencies = {}, deps = [], ...facts }]) => {
    const short = Object.entries(dependencies).map(([dependency, req]) => ({ name: dependency, req }));
    const { features = {}, cksum, yanked = false, links, rust_version, published } = facts;
    const needsNewSyntax = Object.values(features)
      .flat()
      .some((feature) => /^dep:|\?\//u.test(feature));
    return JSON.stringify({
      name,
      vers,
      deps: [...short, ...deps].map(({ name: dependency, req, ...rest }) => ({
        name: dependency,
        req,
        features: [],
        optional: false,
        default_features: true,
        target: null,
        kind: "normal",
        ...rest,
      })),
      cksum: cksum ?? invented("sha256", `${name} ${vers}`, "hex"),
      ...(needsNewSyntax ? { features: {}, features2: features, v: 2 } : { features }),
      yanked,
      ...(links !== undefined && { links }),
      ...(rust_version !== undefined && { rust_version }),
      ...(published !== undefined && { pubtime: published }),
    });
  });
  const lower = name.toLowerCase();
  const folder =
    lower.length <= 2
      ? `${lower.length}`
      : lower.length === 3
        ? `3/${lower[0]}`
        : `${lower.slice(0, 2)}/${lower.slice(2, 4)}`;
  yield [`${folder}/${lower}`, `${lines.join("\n")}\n`];
}

/** `packages/<name>/<name>.<version>/opam`; the facts are the fields, their values opam syntax; `archives/` has sources. */
function* opamFiles(name, versions) {
  for (const [version, { url, sources, ...fields }] of Object.entries(versions)) {
    const source = sources && archive(`${name}-${version}`, sources);
    if (source !== undefined) yield [`archives/${source.name}`, source.body];
    const lines = ['opam-version: "2.0"'];
    for (const [field, value] of Object.entries(fields)) lines.push(`${field}: ${value}`);
    const checksum =
      url?.checksum ??
      (source && `sha256=${source.sha256}`) ??
      `sha256=${invented("sha256", `${name}.${version}`, "hex")}`;
    const src = url?.src ?? `https://opam.example/${name}-${version}.tar.gz`;
    // An empty `url.src` stands for a package without sources, as the conf-* packages are.
    if (src !== "") lines.push("url {", `  src: "${src}"`, `  checksum: "${checksum}"`, "}");
    yield [`packages/${name}/${name}.${version}/opam`, `${lines.join("\n")}\n`];
  }
}
