/** The native lockfiles of PyPI manifests: `pylock.toml` and `requirements.txt` beside each of them. */
import { posix } from "node:path";
import type { ExportContext } from "../../ecosystem.ts";
import type { OutputFile } from "../../../model/resolution.ts";
import { pylockToml } from "./pylock.ts";
import { requirementsTxt } from "./requirements-txt.ts";

/** Writes both forms for every root. A file that a person wrote is not overwritten: the name moves aside. */
export function exportLocks(context: ExportContext): readonly OutputFile[] {
  const roots = context.resolution.roots.filter(({ ecosystem }) => ecosystem === "pypi");
  const manifests = new Set(context.manifests.map(({ file }) => file));
  const taken = new Set<string>();
  return roots.flatMap((root) => {
    const file = root.file.split("#")[0] ?? root.file;
    const directory = posix.dirname(file);
    const place = (...names: readonly string[]): string => {
      const paths = names.map((name) => (directory === "." ? name : `${directory}/${name}`));
      const free = paths.find((path) => !manifests.has(path) && !taken.has(path)) ?? `${file}.lock`;
      taken.add(free);
      return free;
    };
    const stem = posix
      .basename(file)
      .replace(/\.[^.]*$/, "")
      .replaceAll(".", "-");
    return [
      { path: place("pylock.toml", `pylock.${stem}.toml`), content: pylockToml(context.resolution, root) },
      // What is written in requirements-dev.in is compiled to requirements-dev.txt.
      {
        path: place(file.endsWith(".in") ? `${stem}.txt` : "requirements.txt", `${stem}.lock.txt`),
        content: requirementsTxt(context.resolution, root),
      },
    ];
  });
}
