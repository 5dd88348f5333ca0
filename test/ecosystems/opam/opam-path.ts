/** The package that `packages/<name>/<name>.<version>/opam` describes. */
export function parseOpamPath(path: string): { readonly name: string; readonly version: string } {
  const directory = path.split("/").at(-2) ?? "";
  const dot = directory.indexOf(".");
  return { name: directory.slice(0, dot), version: directory.slice(dot + 1) };
}
