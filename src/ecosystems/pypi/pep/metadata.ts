/** Core metadata of a distribution (packaging specifications, "Core metadata"): the header fields of METADATA and PKG-INFO. */

import { licenceOf } from "../licence.ts";

/** The fields that a resolver needs, with texts as written. */
export interface CoreMetadata {
  readonly metadataVersion: string;
  readonly name: string;
  readonly version: string;
  readonly requiresDist: readonly string[];
  readonly requiresPython: string | undefined;
  readonly providesExtra: readonly string[];
  /** Names of fields, lower case, that a wheel built from this source distribution may change (Metadata 2.2). */
  readonly dynamic: readonly string[];
  readonly licence: string | undefined;
  /** System requirements in the words of the authors (`Requires-External`). */
  readonly requiresExternal: readonly string[];
}

/** Header fields in order: lower-case name and value. Folded lines are joined with a newline, as written. */
export function readHeaders(text: string): readonly (readonly [name: string, value: string])[] {
  const headers: [string, string][] = [];
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)) {
    if (line === "") break;
    const last = headers.at(-1);
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last !== undefined) last[1] += `\n${line}`;
      continue;
    }
    const colon = line.indexOf(":");
    // Anything that is no field ends the headers, as in the e-mail format.
    if (colon <= 0 || /\s/.test(line.slice(0, colon))) break;
    headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

/** What is wrong with the metadata of one file, as a sentence without a full stop. */
export type MetadataProblem = { readonly problem: string };

/** Reads the fields. A metadata version with an unknown major number is refused, an unknown minor one accepted. */
export function parseMetadata(text: string): CoreMetadata | MetadataProblem {
  const fields = new Map<string, string[]>();
  for (const [name, value] of readHeaders(text)) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  const single = (name: string): string | undefined => {
    const value = fields.get(name)?.[0];
    return value === undefined || value === "" || value === "UNKNOWN" ? undefined : value;
  };
  const metadataVersion = single("metadata-version");
  const name = single("name");
  const version = single("version");
  if (metadataVersion === undefined) return { problem: "its metadata has no Metadata-Version" };
  if (!/^[12]\.[0-9]{1,4}$/.test(metadataVersion)) {
    return { problem: `its metadata has the unsupported version ${metadataVersion}` };
  }
  if (name === undefined) return { problem: "its metadata has no Name" };
  if (version === undefined) return { problem: "its metadata has no Version" };
  return {
    metadataVersion,
    name,
    version,
    requiresDist: fields.get("requires-dist") ?? [],
    requiresPython: single("requires-python"),
    providesExtra: fields.get("provides-extra") ?? [],
    dynamic: (fields.get("dynamic") ?? []).map((field) => field.toLowerCase()),
    licence: licenceOf({
      expression: single("license-expression"),
      words: single("license"),
      classifiers: fields.get("classifier") ?? [],
    }),
    requiresExternal: fields.get("requires-external") ?? [],
  };
}
