/** A word as a POSIX shell reads it, for commands that are shown. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9@%+=:,./_^~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
