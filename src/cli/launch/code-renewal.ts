import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Counts a run, and tells whether compiled code is to be made again after it. The code of the first run lacks the functions
 * that it did not come past, and to find out whether there are any costs as much as compiling some: so it is done after the
 * fourth, the eighth, the sixteenth run, and so on.
 *
 * @param isAtHand Whether there was code for this run; if not, the counting begins.
 */
export function isRenewalDue(codePath: string, isAtHand: boolean): boolean {
  try {
    mkdirSync(dirname(codePath), { recursive: true });
    const file = openSync(`${codePath}.runs`, isAtHand ? "a" : "w", 0o600);
    try {
      // One byte for each run.
      writeSync(file, ".");
      const runs = fstatSync(file).size;
      return runs >= 4 && (runs & (runs - 1)) === 0;
    } finally {
      closeSync(file);
    }
  } catch {
    // Compiled code saves time, nothing else.
    return false;
  }
}
