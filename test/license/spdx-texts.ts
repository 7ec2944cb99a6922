import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** The text of a licence in the SPDX list. */
export function spdxText(id: string): string {
  const license: unknown = load(`spdx-license-list/licenses/${id}.json`);
  if (typeof license !== "object" || license === null || !("licenseText" in license))
    throw new Error(`no text of ${id}`);
  return String(license.licenseText);
}

/** Numbers from 0 to before 1 that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
