/** Every licence of the SPDX list, changed at places that a seed draws. `MUTATIONS=10` tries ten times as many. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { recogniseLicense } from "../../src/license/recognise.ts";
import { mutationsOf } from "./mutations.ts";
import { seeded, spdxText } from "./spdx-texts.ts";

const rounds = Number(process.env.MUTATIONS ?? 1);
const list = dirname(createRequire(import.meta.url).resolve("spdx-license-list"));
/** A text below this is too short to be told from a sentence. */
const shortest = 100;

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly what: string;
  readonly verdict: string;
  /** True when the changed text is still said to be this licence. */
  readonly isSame: boolean;
}

function tryAll(id: string): readonly Told[] {
  const text = spdxText(id);
  const random = seeded([...id].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) >>> 0);
  return Array.from({ length: rounds }).flatMap(() =>
    mutationsOf(text, random).map(({ kind, what, text: changed }): Told => {
      const { verdict, expression, also = [] } = recogniseLicense(changed);
      return {
        id,
        kind,
        what: what.replace(/\s+/g, " ").slice(0, 80),
        verdict,
        isSame: [expression, ...also].includes(id),
      };
    }),
  );
}

test("a licence with one clause more, less or changed is not exact", { timeout: 600_000 }, () => {
  const ids = readdirSync(join(list, "licenses"))
    .map((name) => name.replace(/\.json$/, ""))
    .filter((id) => spdxText(id).length > shortest);
  const told = ids.flatMap(tryAll);
  expect(told.length).toBeGreaterThan(2500);
  // Without one clause BSD-3-Clause is BSD-2-Clause, word for word, and nothing else: that is no mistake.
  expect(told.filter(({ verdict, isSame, kind }) => verdict === "exact" && (isSame || kind !== "deleted"))).toEqual([]);
  const harmless = told.filter(({ verdict }) => verdict === "exact-with-additions");
  expect(harmless.length / told.length, JSON.stringify(harmless.slice(0, 9))).toBeLessThan(0.01);
});
