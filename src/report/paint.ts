/** What a piece of a report is; how it looks is the terminal's business. */
export type Role =
  "name" | "version" | "range" | "ecosystem" | "dim" | "error" | "warning" | "good" | "note" | "heading";

/** Gives a piece of text the look of its role. Never changes the letters. */
export type Paint = (role: Role, text: string) => string;

/** No look at all: for files, pipes and tests. */
export const plainPaint: Paint = (_role, text) => text;
