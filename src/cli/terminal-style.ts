import { styleText } from "node:util";
import type { Paint, Role } from "../report/paint.ts";
import { plainPaint } from "../report/paint.ts";

type Format = Parameters<typeof styleText>[0];

const FORMATS: Readonly<Record<Role, Format>> = {
  name: "bold",
  version: "cyan",
  range: "yellow",
  ecosystem: "magenta",
  dim: "dim",
  error: ["bold", "red"],
  warning: ["bold", "yellow"],
  good: ["bold", "green"],
  note: ["bold", "blue"],
  heading: "bold",
};

/** When colours are used. */
export type ColourChoice = "auto" | "always" | "never";

/** A colour for each role, or none. */
export function paintFor(isColoured: boolean): Paint {
  if (!isColoured) return plainPaint;
  return (role, text) => (text === "" ? "" : styleText(FORMATS[role], text, { validateStream: false }));
}

/**
 * Whether a stream gets colours. A flag decides; then NO_COLOR (any text but the empty one) and FORCE_COLOR (`0` and
 * `false` mean no); then whether it is a terminal that is not `dumb`.
 */
export function isColourWanted(
  choice: ColourChoice,
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice !== "auto") return choice === "always";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && environment["TERM"] !== "dumb";
}
