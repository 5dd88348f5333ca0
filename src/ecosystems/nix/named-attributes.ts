import { namesOf, namespaces } from "./name-table.ts";

let attributes: ReadonlySet<string> | undefined;

/** Every attribute that some line of the name tables maps to. */
export function namedAttributes(): ReadonlySet<string> {
  attributes ??= new Set(
    namespaces.flatMap((namespace) =>
      [...namesOf(namespace).values()].flatMap((meaning) => (meaning.kind === "attributes" ? meaning.attributes : [])),
    ),
  );
  return attributes;
}
