/** Names of projects, extras and dependency groups. */

/** The normalised form of a name: lower case, runs of `-`, `_` and `.` become one `-` (PEP 503; PEP 685 for extras). */
export function normaliseName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** Whether a name is legal as a project name: ASCII letters, digits, `-`, `_`, `.`, with a letter or digit at both ends. */
export function isLegalName(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && /^[A-Za-z0-9]/.test(name) && /[A-Za-z0-9]$/.test(name);
}

/** Whether a name is in its normalised form already. */
export function isNormalisedName(name: string): boolean {
  return isLegalName(name) && name === normaliseName(name);
}
