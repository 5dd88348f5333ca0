// Unpacks a node_modules tree: `node npm-install.mjs PLAN.json OUT`. Runs one package's install scripts with `--scripts DIR`.
// Archives are hostile: nothing is written outside the folder of its package, no link is followed, no special bit kept.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

const maximumUnpackedBytes = 4 * 1024 * 1024 * 1024 - 1;

class ArchiveError extends Error {}

/** The text of a field of a header, up to its first NUL. */
function textField(block, start, length) {
  const end = block.indexOf(0, start);
  return block.toString("utf8", start, end === -1 || end > start + length ? start + length : end);
}

/** A number of a header: octal, or binary in base 256 when the first bit is set. */
function numberField(block, start, length) {
  if ((block[start] & 0x80) !== 0) return Number(block.readBigUInt64BE(start + length - 8));
  const text = textField(block, start, length).trim();
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** The records of an extended header: `LENGTH KEY=VALUE\n`. */
function extendedRecords(content) {
  const records = new Map();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = Number.parseInt(content.toString("utf8", at, space), 10);
    if (!(length > 0)) break;
    const record = content.toString("utf8", space + 1, at + length - 1);
    const equals = record.indexOf("=");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/** The members of a tar archive: ustar, with the long names of GNU and pax. */
function* members(bytes) {
  let longName;
  let longLink;
  for (let at = 0; at + 512 <= bytes.length;) {
    const block = bytes.subarray(at, at + 512);
    if (block.every((byte) => byte === 0)) return;
    const size = numberField(block, 124, 12);
    if (!Number.isSafeInteger(size) || size < 0) throw new ArchiveError("the archive is damaged");
    const type = String.fromCharCode(block[156] || 0x30);
    const content = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === "x") {
      const records = extendedRecords(content);
      longName = records.get("path") ?? longName;
      longLink = records.get("linkpath") ?? longLink;
    } else if (type === "L") longName = textField(content, 0, content.length);
    else if (type === "K") longLink = textField(content, 0, content.length);
    else if (type !== "g") {
      const isUstar = block.toString("latin1", 257, 262) === "ustar";
      const prefix = isUstar ? textField(block, 345, 155) : "";
      const name = longName ?? (prefix === "" ? textField(block, 0, 100) : `${prefix}/${textField(block, 0, 100)}`);
      yield { name, type, mode: numberField(block, 100, 8), link: longLink ?? textField(block, 157, 100), content };
      longName = undefined;
      longLink = undefined;
    }
  }
}

/** The place of a member without its first folder; undefined for that folder itself. */
function memberPath(name, archive) {
  const steps = name.split("/").filter((step) => step !== "" && step !== ".");
  if (name.startsWith("/") || steps.includes("..") || name.includes("\0") || name.includes("\\")) {
    throw new ArchiveError(`${basename(archive)} holds ${JSON.stringify(name)}, which leaves its folder`);
  }
  return steps.length < 2 ? undefined : steps.slice(1).join("/");
}

/** Whether a link inside the package at `path` leads out of it. */
function leadsOut(path, target) {
  return target.startsWith("/") || posix.normalize(posix.join(posix.dirname(path), target)).startsWith("..");
}

function unpack(archive, folder) {
  if (statSync(archive).isDirectory()) return copyTree(archive, folder);
  const packed = readFileSync(archive);
  const isZipped = packed[0] === 0x1f && packed[1] === 0x8b;
  const bytes = isZipped ? gunzipSync(packed, { maxOutputLength: maximumUnpackedBytes }) : packed;
  mkdirSync(folder, { recursive: true });
  const made = new Set([folder]);
  for (const { name, type, mode, link, content } of members(bytes)) {
    const path = memberPath(name, archive);
    if (type === "1" || type === "2") {
      // npm unpacks no links at all; one that leads out is an attack, not an oversight.
      if (path !== undefined && type === "2" && leadsOut(path, link)) {
        throw new ArchiveError(`${basename(archive)} links ${JSON.stringify(name)} to ${JSON.stringify(link)}`);
      }
      continue;
    }
    if (path === undefined || (type !== "0" && type !== "7")) continue;
    const target = join(folder, path);
    const parent = dirname(target);
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    writeFileSync(target, content, { mode: (mode & 0o111) === 0 ? 0o644 : 0o755 });
  }
}

/** Copies a checkout, writable and without what npm would not pack either. */
function copyTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isFile())
      writeFileSync(target, readFileSync(source), { mode: statSync(source).mode & 0o111 ? 0o755 : 0o644 });
  }
}

/** Makes a command executable, and lets its first line name this node rather than look for one. */
function prepareCommand(file) {
  const content = readFileSync(file);
  const end = content.indexOf(0x0a);
  const first = content.toString("latin1", 0, end === -1 ? content.length : end).replace(/\r$/, "");
  if (/^#!\s*\/usr\/bin\/env\s+(?:-S\s+)?node\b/.test(first) || /^#!\S*\/node\b/.test(first)) {
    const rest = first.replace(/^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?node|\S*\/node)/, "");
    const line = Buffer.from(`#!${process.execPath}${rest}`, "latin1");
    writeFileSync(file, Buffer.concat([line, content.subarray(end === -1 ? content.length : end)]));
  }
  chmodSync(file, 0o755);
}

/** Links the commands of one package beside it, as npm does: into the .bin of the node_modules that holds it. */
function linkCommands(out, { path, bin, link }) {
  const steps = path.split("/");
  const holder = join(out, ...steps.slice(0, steps.lastIndexOf("node_modules") + 1), ".bin");
  for (const [name, target] of Object.entries(bin)) {
    const file = resolve(out, path, target);
    if (relative(join(out, path), file).startsWith("..")) throw new ArchiveError(`${path} has a command outside it`);
    if (link === null) {
      if (!existsSync(file) || !statSync(file).isFile()) continue;
      prepareCommand(file);
    }
    mkdirSync(holder, { recursive: true });
    const place = join(holder, name);
    if (!existsSync(place)) symlinkSync(relative(holder, file), place);
  }
}

function installTree(planFile, out) {
  const nodes = JSON.parse(readFileSync(planFile, "utf8"));
  mkdirSync(out, { recursive: true });
  for (const { path, archive, link } of nodes) {
    const folder = resolve(out, path);
    if (relative(out, folder).startsWith("..") || folder === resolve(out)) {
      throw new ArchiveError(`${path} is not inside the tree`);
    }
    if (link === null) unpack(archive, folder);
    else {
      mkdirSync(dirname(folder), { recursive: true });
      symlinkSync(relative(dirname(folder), resolve(out, link)), folder);
    }
  }
  for (const node of nodes) linkCommands(out, node);
}

/** Runs `preinstall`, `install` and `postinstall`; a package with binding.gyp and no install script is built with node-gyp. */
function runScripts(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const scripts = manifest.scripts ?? {};
  const gyp = join(dirname(process.execPath), "../lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js");
  const hasBinding = readdirSync(folder).includes("binding.gyp");
  const install = scripts.install ?? (hasBinding ? "node-gyp rebuild" : undefined);
  const programs = resolve("enki-programs");
  mkdirSync(programs, { recursive: true });
  if (existsSync(gyp)) {
    writeFileSync(join(programs, "node-gyp"), `#!${process.execPath}\nrequire(${JSON.stringify(gyp)});\n`, {
      mode: 0o755,
    });
  }
  const path = [programs, dirname(process.execPath), process.env.PATH].join(":");
  const env = { ...process.env, PATH: path, npm_config_node_gyp: gyp, npm_package_name: manifest.name };
  for (const script of [scripts.preinstall, install, scripts.postinstall]) {
    if (typeof script === "string") execFileSync("sh", ["-ec", script], { cwd: folder, env, stdio: "inherit" });
  }
}

try {
  const [first, second] = process.argv.slice(2);
  if (first === "--scripts") runScripts(second);
  else installTree(first, second);
} catch (error) {
  if (!(error instanceof ArchiveError)) throw error;
  process.stderr.write(`enki: ${error.message}\n`);
  process.exitCode = 1;
}
