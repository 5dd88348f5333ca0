/** The folder of compiled code within Enki's cache, with the version of the files' form. */
export const codeFolder = "code-v1";

/** Options before the command whose value is the next argument. */
const VALUE_OPTIONS: ReadonlySet<string> = new Set(["-C", "--directory", "--color"]);

/**
 * The file with compiled code for a command line: one per command, so that each run reads what a run of its kind needed,
 * and one per `runtime`, the version and processor of Node, which can't use each other's. `undefined` for `enki cache`:
 * what deletes the cache must leave nothing there.
 */
export function codeFile(cacheDirectory: string, arguments_: readonly string[], runtime: string): string | undefined {
  const command = arguments_.find(
    (argument, position) => !argument.startsWith("-") && !VALUE_OPTIONS.has(arguments_[position - 1] ?? ""),
  );
  if (command === "cache") return undefined;
  // The name of a file, whatever was typed.
  const name = command !== undefined && /^[a-z][a-z-]{0,30}$/.test(command) ? command : "enki";
  return `${cacheDirectory}/${codeFolder}/${name}-${runtime}`;
}
