import { createRequire } from "node:module";
import type { Hasher } from "./hasher.ts";

/** What is used of the native package: forty times as fast as JavaScript, but not built for every platform. */
interface NativeHasher {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}
interface NativeModule {
  readonly Blake3Hasher: new () => NativeHasher;
}

const nativePackage = "@napi-rs/blake-hash";

/** Makes blake3 hashers with the native binding, or undefined where that does not load. */
export function nativeBlake3(): (() => Hasher) | undefined {
  let Native: NativeModule["Blake3Hasher"] | undefined;
  try {
    const loaded: Partial<NativeModule> = createRequire(import.meta.url)(nativePackage);
    Native = loaded.Blake3Hasher;
  } catch {
    return undefined;
  }
  if (Native === undefined) return undefined;
  const Blake3Hasher = Native;
  return () => {
    const hash = new Blake3Hasher();
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  };
}

/** Makes blake3 hashers in JavaScript: the same digest on every platform, slowly. */
export async function portableBlake3(): Promise<() => Hasher> {
  const { blake3 } = await import("@noble/hashes/blake3.js");
  return () => {
    const hash = blake3.create();
    return { update: (bytes) => void hash.update(bytes), hex: () => Buffer.from(hash.digest()).toString("hex") };
  };
}

/** Makes blake3 hashers in the fastest way that this machine has. */
export async function loadBlake3(): Promise<() => Hasher> {
  return nativeBlake3() ?? (await portableBlake3());
}
