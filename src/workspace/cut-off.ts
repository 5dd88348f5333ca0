import { EnkiError } from "../model/enki-error.ts";

const DAY_MS = 86_400_000;
const UNITS: ReadonlyMap<string, number> = new Map([
  ["hour", DAY_MS / 24],
  ["h", DAY_MS / 24],
  ["day", DAY_MS],
  ["d", DAY_MS],
  ["week", 7 * DAY_MS],
  ["w", 7 * DAY_MS],
]);

/**
 * The moment before which packages must have been published, as RFC 3339 in UTC. A date means its first moment in UTC;
 * `30 days`, `2w` and `P30D` count back from now. Throws an EnkiError (`usage`) for anything else.
 */
export function parseCutOff(text: string, nowMs: number): string {
  const trimmed = text.trim();
  const durationMs = durationOf(trimmed);
  if (durationMs !== undefined) return toSeconds(nowMs - durationMs);
  const [isMoment, time, zone] =
    /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?)?$/.exec(trimmed) ?? [];
  // A time without a zone would mean another moment on another machine: it is UTC.
  const moment = `${trimmed.replace(" ", "T")}${time !== undefined && zone === undefined ? "Z" : ""}`;
  const milliseconds = isMoment === undefined ? Number.NaN : Date.parse(moment);
  // `Date.parse` takes 31 February for 3 March.
  const isRealDay = new Date(`${trimmed.slice(0, 10)}T00:00:00Z`).toJSON()?.slice(0, 10) === trimmed.slice(0, 10);
  if (Number.isNaN(milliseconds) || !isRealDay) {
    throw new EnkiError("usage", `${JSON.stringify(text)} is no date, moment or duration for --exclude-newer`, {
      hint: "for example 2026-05-01, 2026-05-01T12:00:00Z, or 30 days",
    });
  }
  return toSeconds(milliseconds);
}

/** Whether a cut-off is a duration back from now. */
export function isCutOffSpan(text: string): boolean {
  return durationOf(text.trim()) !== undefined;
}

function durationOf(text: string): number | undefined {
  const [, iso, isoUnit] = /^P(\d{1,5})([DW])$/i.exec(text) ?? [];
  const [, plain, plainUnit] = /^(\d{1,5}) ?(hour|day|week|h|d|w)s?(?: ago)?$/i.exec(text) ?? [];
  const unitMs = UNITS.get((isoUnit ?? plainUnit ?? "").toLowerCase());
  return unitMs === undefined ? undefined : Number(iso ?? plain) * unitMs;
}

function toSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
