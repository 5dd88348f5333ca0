import { InvalidArgumentError } from "commander";

/** A reader for flags that take a whole number, zero or above. */
export function parseCount(flag: string): (text: string) => number {
  return (text) => {
    if (/^[0-9]{1,9}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`${flag} takes a whole number.`);
  };
}
