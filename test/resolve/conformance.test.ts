import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolverKinds } from "../../src/resolve/kinds.ts";
import { conformance, type World, type WorldRow } from "./conformance.ts";

const worlds = join(import.meta.dirname, "worlds");

for (const { load } of resolverKinds) {
  const resolver = await load();
  const file = join(worlds, `${resolver.id}.ts`);
  test(`${resolver.id} has a world`, () => expect(existsSync(file)).toBe(true));
  if (!existsSync(file)) continue;
  const { world: row }: { readonly world: WorldRow } = await import(file);
  const suite = row.suite ?? describe;
  suite(resolver.id, () => {
    let world: (World & { close(): Promise<void> }) | undefined;
    beforeAll(async () => {
      world = await row.open();
    }, 60_000);
    afterAll(() => world?.close());
    const opened = (): World => {
      if (world === undefined) throw new Error("no world");
      return world;
    };
    conformance(resolver, opened, row);
  });
}
