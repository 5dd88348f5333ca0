/** The name of what a requirements file takes from a path or URL without saying what it is: `./lib`, `-e lib[extra]`. */
import { join, posix } from "node:path";
import { parseTomlDocument } from "../../../formats/toml.ts";
import type { FileSystem } from "../../../model/file-system.ts";
import { parseSdistName, parseWheelName } from "../pep/file-name.ts";
import { normaliseName } from "../pep/names.ts";

/** Whether a line of a requirements file is a path or a URL rather than a name. */
export function isPlace(text: string): boolean {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\]\s*)?@/.test(text)) return false;
  return /^(?:\.{0,2}\/|[a-z+]+:(?:\/\/|\.)|\.$)/i.test(text) || /\.(?:whl|zip|tar\.gz)$/.test(text);
}

/**
 * The same requirement with a name in front, `name[extra] @ place`; `undefined` where only a build could tell the name.
 * A wheel and a source distribution are named after their files, a directory by the `[project]` table in it.
 */
export function withName(text: string, directory: string, files: FileSystem): string | undefined {
  const [, place = "", extras = "", rest = ""] = /^([^\s;[]+)(\[[^\]]*\])?(\s*(?:;.*)?)$/.exec(text) ?? [];
  if (place === "") return undefined;
  const path = decodePlace(place.split("#")[0] ?? place);
  const fileName = posix.basename(path);
  const name =
    parseWheelName(fileName)?.name ??
    parseSdistName(fileName)?.name ??
    eggName(place) ??
    projectName(path, directory, files);
  if (name === undefined) return undefined;
  const url = /^[a-z+]+:/i.test(place) ? place : `file:${place}`;
  return `${name}${extras} @ ${url}${rest.trim() === "" ? "" : ` ${rest.trim()}`}`;
}

/** `#egg=name`, which pip asked for before names could stand in front. */
function eggName(place: string): string | undefined {
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(place)?.[1];
  return egg === undefined ? undefined : normaliseName(egg);
}

function projectName(path: string, directory: string, files: FileSystem): string | undefined {
  if (/^[a-z+]+:\/\//i.test(path)) return undefined;
  const body = files.readFile(join(posix.isAbsolute(path) ? path : join(directory, path), "pyproject.toml"));
  if (body === undefined) return undefined;
  const value: unknown = parseTomlDocument("pyproject.toml", new TextDecoder().decode(body)).document?.value;
  const project = fieldOf(value, "project") ?? fieldOf(fieldOf(value, "tool"), "poetry");
  const name = fieldOf(project, "name");
  return typeof name === "string" ? normaliseName(name) : undefined;
}

function decodePlace(place: string): string {
  const path = place.replace(/^file:(?:\/\/)?/i, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(key)
    : undefined;
}
