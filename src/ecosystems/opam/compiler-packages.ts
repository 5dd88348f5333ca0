/** The package that is a release of OCaml without further options. */
export const RELEASED_COMPILER = "ocaml-base-compiler";

/** The package that stands for the compiler, whichever it is, at the same version. */
export const VIRTUAL_COMPILER = "ocaml";

/** The packages that are an OCaml compiler, the released one first. */
export const compilerPackages: readonly string[] = [
  RELEASED_COMPILER,
  "ocaml-variants",
  "ocaml-system",
  "dkml-base-compiler",
];
