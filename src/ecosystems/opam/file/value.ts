/** A place in the text of an opam file: `start` (inclusive) to `end` (exclusive), in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type RelationOperator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~";
export type EnvironmentOperator = "+=" | "=+" | ":=" | "=:" | "=+=" | "=";

/** A value of an opam file, as the grammar of opam-file-format has it: nothing is interpreted yet. */
export type OpamValue =
  | (Span & { readonly kind: "string"; readonly value: string })
  | (Span & { readonly kind: "identifier"; readonly name: string })
  | (Span & { readonly kind: "integer"; readonly value: number })
  | (Span & { readonly kind: "boolean"; readonly value: boolean })
  /** `[ … ]` */
  | (Span & { readonly kind: "list"; readonly items: readonly OpamValue[] })
  /** `( … )` */
  | (Span & { readonly kind: "group"; readonly items: readonly OpamValue[] })
  /** `value { … }` */
  | (Span & { readonly kind: "option"; readonly value: OpamValue; readonly conditions: readonly OpamValue[] })
  /** `a & b & c` or `a | b | c`: a left-associative chain, kept flat so that long ones cost no recursion. */
  | (Span & { readonly kind: "logical"; readonly operator: "&" | "|"; readonly operands: readonly OpamValue[] })
  /** `os = "linux"` */
  | (Span & {
      readonly kind: "relation";
      readonly operator: RelationOperator;
      readonly left: OpamValue;
      readonly right: OpamValue;
    })
  /** `>= "1.0"` */
  | (Span & { readonly kind: "prefix-relation"; readonly operator: RelationOperator; readonly operand: OpamValue })
  /** `!a` (not) or `?a` (is defined) */
  | (Span & { readonly kind: "prefix"; readonly operator: "!" | "?"; readonly operand: OpamValue })
  /** `PATH += "bin"` */
  | (Span & {
      readonly kind: "environment";
      readonly operator: EnvironmentOperator;
      readonly left: OpamValue;
      readonly right: OpamValue;
    });

/** `name: value` */
export interface OpamField extends Span {
  readonly kind: "field";
  readonly name: string;
  readonly value: OpamValue;
}

/** `kind "name" { … }` */
export interface OpamSection extends Span {
  readonly kind: "section";
  readonly type: string;
  readonly name: string | undefined;
  readonly items: readonly OpamItem[];
}

export type OpamItem = OpamField | OpamSection;

/** A parsed opam file with the text that the spans of its values point into. */
export interface OpamDocument {
  readonly text: string;
  readonly items: readonly OpamItem[];
}
