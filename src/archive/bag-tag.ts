import { createHash } from "node:crypto";
import type { BagDigests } from "./contents.ts";

/** Both digests of bytes that are in memory. */
export function digestBytes(bytes: Uint8Array): BagDigests {
  const [sha256 = "", sha512 = ""] = ["sha256", "sha512"].map((name) => createHash(name).update(bytes).digest("hex"));
  return { sha256, sha512 };
}
