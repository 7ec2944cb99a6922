declare module "spdx-expression-parse" {
  /** Parses an expression whose identifiers are in the list's spelling; throws where it is none. */
  export default function parse(expression: string): import("./license-ids.ts").SpdxTree;
}
