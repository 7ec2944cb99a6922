/** Syntax tree to plain values, with every key checked on the way. Depth is bounded by `syntax.ts`. */
import { isMap, isPair, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import { type Finding, finding } from "../model/findings.ts";
import { quoted } from "./limits.ts";
import { append, keyOf, offsetOf } from "./pointer.ts";
import { suspiciousText } from "./suspicious.ts";
import type { Position } from "./syntax.ts";

/** Names that mean something to programs that put keys into objects. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype", "<<"]);

/** A plain value: whole numbers beyond 2^53 stay bigint, so that nobody takes a rounded one for exact. */
export type Plain = string | number | bigint | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Whether a key is left to whoever writes the manifest; `$schema` tells an editor which schema this is. */
export function isOwnKey(key: string, pointer: string): boolean {
  return key.startsWith("x-") || (pointer === "" && key === "$schema");
}

/** The values that the schema will see, without `x-` keys. What is wrong with keys and texts goes to `add`. */
export function toPlain(
  contents: Node | null,
  positionAt: (offset: number) => Position,
  add: (found: Finding) => void,
): Plain {
  const value = (node: unknown, pointer: string): Plain => {
    if (isMap(node)) return map(node, pointer);
    if (isSeq(node)) return node.items.map((item, index) => value(item, append(pointer, index)));
    return isScalar(node) ? scalar(node.value, node.range?.[0] ?? 0, pointer) : null;
  };
  const scalar = (content: unknown, offset: number, pointer: string): Plain => {
    if (typeof content === "bigint") {
      const number = Number(content);
      return Number.isSafeInteger(number) ? number : content;
    }
    if (typeof content === "string") {
      const detail = suspiciousText(content);
      if (detail !== undefined) {
        add(finding("manifest-text-suspicious", { pointer, ...positionAt(offset), args: { path: pointer, detail } }));
      }
      return content;
    }
    return typeof content === "number" || typeof content === "boolean" ? content : null;
  };
  const map = (node: YAMLMap, pointer: string): Plain => {
    const entries = new Map<string, Plain>();
    for (const pair of node.items) {
      const key = isPair(pair) ? keyOf(pair.key) : undefined;
      const at = positionAt(offsetOf(pair.key) ?? node.range?.[0] ?? 0);
      if (key === undefined || FORBIDDEN_KEYS.has(key)) {
        const args = { key: key ?? "a list, map or nothing as a key" };
        add(finding("manifest-key-forbidden", { pointer, ...at, args }));
      } else if (entries.has(key)) {
        const args = { key: quoted(key) };
        add(finding("manifest-key-duplicate", { pointer: append(pointer, key), ...at, args }));
      } else {
        entries.set(key, isOwnKey(key, pointer) ? null : value(pair.value, append(pointer, key)));
      }
    }
    return Object.fromEntries([...entries].filter(([key]) => !isOwnKey(key, pointer)));
  };
  return value(contents, "");
}
