import {
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  oneof,
  option,
  property,
  record,
  string,
} from "fast-check";
import { valid } from "semver";
import { describe, expect, it } from "vitest";

import { lockFieldsOf } from "../../../src/ecosystems/npm/package-metadata.ts";
import { Packument } from "../../../src/ecosystems/npm/packument.ts";
import { slimPackumentBytes } from "../../../src/ecosystems/npm/slim-packument.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { WholeForm } from "../../../src/net/derived-form.ts";

/** Texts with everything that ends a string, a list or an object too early when it is not read with care. */
const text = oneof(
  string({ maxLength: 8 }),
  array(constantFrom('"', "\\", "\\\\", "{", "}", "[", "]", ",", ":", "é", "€", "𝄞", "\n", " ", "a"), {
    maxLength: 8,
  }).map((parts) => parts.join("")),
);
const texts = dictionary(text, text, { maxKeys: 4 });
const manifest = record(
  {
    name: text,
    dependencies: oneof(texts, jsonValue()),
    optionalDependencies: texts,
    peerDependencies: texts,
    peerDependenciesMeta: dictionary(text, record({ optional: constantFrom(true, false) })),
    bundledDependencies: array(text),
    engines: oneof(dictionary(constantFrom("node", "npm"), text), jsonValue()),
    os: oneof(array(constantFrom("linux", "!win32"), { maxLength: 2 }), constantFrom("darwin")),
    cpu: array(constantFrom("x64", "arm64"), { maxLength: 2 }),
    bin: oneof(text, texts),
    license: oneof(text, jsonValue()),
    funding: oneof(text, jsonValue()),
    deprecated: oneof(text, constantFrom("", false)),
    scripts: dictionary(constantFrom("install", "preinstall", "test"), text),
    hasInstallScript: constantFrom(true, false),
    _hasShrinkwrap: constantFrom(true, false),
    // What is kept of `dist` has no meaning outside of it, and the reverse.
    integrity: text,
    tarball: text,
    readme: jsonValue(),
  },
  { requiredKeys: [] },
);
const digest = array(integer({ min: 0, max: 255 }), { minLength: 64, maxLength: 64 }).map((bytes) =>
  Buffer.from(bytes).toString("base64"),
);
const dist = record(
  {
    shasum: text,
    dependencies: texts,
    signatures: jsonValue(),
    integrity: oneof(
      digest.map((base64) => `sha512-${base64}`),
      digest.map((base64) => `sha512-${base64.replaceAll("/", "_")}`),
      text,
    ),
  },
  { requiredKeys: [] },
);
const release = constantFrom("1.0.0", "1.0.1", "1.1.0-beta.2", "1.1.0-beta.10", "2.0.0", "v3.0.0", "nonsense");
const address = option(constantFrom("", "https://r.example/a/-/a-", 'https://é.example/"a"-'), { nil: undefined });
const versions = array(record({ release, manifest, dist, address }), { maxLength: 8 }).map((list) =>
  Object.fromEntries(
    list.map(({ release: version, manifest: fields, dist: about, address: begin }) => [
      version,
      {
        version,
        ...fields,
        dist: { ...about, tarball: begin === undefined ? 7 : begin === "" ? "" : `${begin}${version}.tgz` },
      },
    ]),
  ),
);
const documentOf = record({ name: text, "dist-tags": dictionary(text, text), versions });

type Document = Readonly<{
  "dist-tags": Readonly<Record<string, string>>;
  versions: Readonly<Record<string, JsonObject>>;
}>;

/** What is told of each version that has a tarball, from the document itself. */
function expected({ versions: given }: Document): unknown {
  const told = Object.entries(given).flatMap(([version, fields]) => {
    const about = fields["dist"] as JsonObject;
    const { tarball, integrity, shasum } = about;
    if (valid(version, true) === null || typeof tarball !== "string" || tarball === "") return [];
    const own = { resolved: tarball, ...(typeof integrity === "string" && integrity !== "" && { integrity }) };
    const sha1 = integrity === undefined && typeof shasum === "string" && shasum !== "" ? { shasum } : {};
    const fixed = fields["_hasShrinkwrap"] === true ? { hasShrinkwrap: true } : {};
    return [[version, { ...lockFieldsOf("a", fields), ...own, ...sha1, ...fixed }] as const];
  });
  return Object.fromEntries(told);
}

function actual(packument: Packument): unknown {
  const told = packument.list.versions.map((version, index) => {
    const { native: _, ...fields } = packument.manifest(index).lockFields;
    return [version, fields] as const;
  });
  return Object.fromEntries(told);
}

function read(json: string): Packument {
  return new Packument("a", new WholeForm(slimPackumentBytes("a", Buffer.from(json))));
}

function tarballAt(name: string): string {
  return `"dist":{"tarball":"https://r.example/${name}.tgz"}`;
}

/** A text in JSON without a single plain character. */
function escapedText(plain: string): string {
  return plain
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

describe("the slim form of a packument", () => {
  it("says what the document says, whatever its strings hold", () => {
    assert(
      property(documentOf, (document) => {
        const packument = read(JSON.stringify(document));
        expect(actual(packument)).toEqual(expected(JSON.parse(JSON.stringify(document)) as Document));
        expect(packument.tags).toEqual(new Map(Object.entries(document["dist-tags"])));
      }),
      { numRuns: 600 },
    );
  });

  it("does not depend on how the document is spelled", () => {
    assert(
      property(documentOf, (document) => {
        const plain = JSON.stringify(document);
        const escaped = plain.replaceAll(/[é€𝄞]|versions|tarball|dist/gu, escapedText);
        for (const spelled of [JSON.stringify(document, null, 2), ` ${plain}\n`, escaped]) {
          expect(actual(read(spelled))).toEqual(actual(read(plain)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("takes the last of what is said twice", () => {
    const packument = read(
      `{"versions":{"9.0.0":{${tarballAt("no")}}},"versions":{"1.0.0":{${tarballAt("a")},"os":"linux"},` +
        `"1.0.0":{"dist":{"tarball":"no","shasum":"f00"},${tarballAt("b")}},"2.0.0":{${tarballAt("c")}},"2.0.0":{},` +
        `"3.0.0":{${tarballAt("d")},"dist":7}}}`,
    );
    expect(actual(packument)).toEqual({
      "1.0.0": { resolved: "https://r.example/b.tgz" },
    });
  });

  const json = JSON.stringify({
    name: "a",
    versions: { "1.0.0": { dist: { tarball: "t" }, os: ["linux"], deprecated: 'say "no"\\' } },
    "dist-tags": { latest: "1.0.0" },
  });

  it("is refused for a part of a document", () => {
    for (let length = 0; length < json.length; length++) {
      expect(() => slimPackumentBytes("a", Buffer.from(json.slice(0, length)))).toThrow(EnkiError);
    }
    expect(() => slimPackumentBytes("a", Buffer.from(`${json}}`))).toThrow(EnkiError);
  });

  it("is what `JSON.parse` would make of a damaged document, or refused", () => {
    assert(
      property(integer({ min: 0, max: json.length - 1 }), integer({ min: 0x09, max: 0x7e }), (place, code) => {
        const damaged = json.slice(0, place) + String.fromCharCode(code) + json.slice(place + 1);
        const outcome = outcomeOf(() => actual(read(damaged)));
        const truth = outcomeOf(() => {
          const document = JSON.parse(damaged) as Document;
          return typeof document.versions === "object" ? expected(document) : undefined;
        });
        expect(truth === undefined ? undefined : outcome).toEqual(truth);
      }),
      { numRuns: 3000 },
    );
  });

  it("stays quick for what is nested without end", () => {
    const nested = "[".repeat(1_000_000);
    expect(() => slimPackumentBytes("a", Buffer.from(`{"versions":${nested}`))).toThrow(EnkiError);
  });
});

/** What a function returns; `undefined` when it refuses. Anything but a refusal is thrown. */
function outcomeOf(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (error instanceof EnkiError || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
