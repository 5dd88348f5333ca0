/** Compatibility tags of wheels (PEP 425): interpreter, ABI, platform. */

/** One tag, lower case. */
export interface Tag {
  readonly interpreter: string;
  readonly abi: string;
  readonly platform: string;
  /** `cp312-abi3-manylinux_2_17_x86_64` */
  readonly text: string;
}

/** Reads a compressed set of tags, `py2.py3-none-any`; `undefined` when it is malformed. */
export function parseTagSet(text: string): readonly Tag[] | undefined {
  const parts = text.toLowerCase().split("-");
  if (parts.length !== 3) return undefined;
  const [interpreters = [], abis = [], platforms = []] = parts.map((part) => part.split("."));
  if ([interpreters, abis, platforms].some((list) => list.includes(""))) return undefined;
  if (!interpreters.every(isInterpreter)) return undefined;
  return interpreters.flatMap((interpreter) =>
    abis.flatMap((abi) =>
      platforms.map((platform) => ({ interpreter, abi, platform, text: `${interpreter}-${abi}-${platform}` })),
    ),
  );
}

/** An identifier of a Python implementation, with its version in digits. */
function isInterpreter(text: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(text);
}
