import { defineFormat } from "../format.ts";

/** Opcodes that begin a pickle in practice: frame, empty or marked containers, globals, strings, numbers. */
const firstOpcodes = new Set([..."\x95]})(ccXUq\x8a\x8cKMJGN\x88\x89\x8f"].map((code) => code.charCodeAt(0)));

/** Python's pickle, protocol 2 and later; never loaded. */
export const pickle = defineFormat({
  id: "pickle",
  binary: true,
  firstBytes: [0x80],
  matches(head) {
    const protocol = head[1] ?? 0;
    return head[0] === 0x80 && protocol >= 2 && protocol <= 5 && firstOpcodes.has(head[2] ?? 0);
  },
});
