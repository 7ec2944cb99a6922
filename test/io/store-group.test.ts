import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGroup } from "../../src/io/store-group.ts";
import { GROUP_FILES } from "../../src/io/store-limits.ts";

/** Milliseconds that no test has. */
const FOREVER_MS = 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-group-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (name: string): boolean => existsSync(join(folder, "names", name));

/** Adds a file. */
function add(group: ReturnType<typeof createGroup>, name: string, patient: boolean): Promise<void> {
  const from = join(folder, `${name}.aside`);
  writeFileSync(from, name);
  return group.add({ from, target: join(folder, "names", name), size: name.length, patient });
}

test("what nobody waits for has its name after a while all the same", async () => {
  const started = performance.now();
  await add(createGroup(folder, 100), "a", true);
  expect(named("a")).toBe(true);
  expect(performance.now() - started).toBeGreaterThan(90);
});

test("what somebody waits for takes the patient with it, and waits for none of them", async () => {
  const group = createGroup(folder, FOREVER_MS);
  const patient = add(group, "a", true);
  await add(group, "b", false);
  expect([named("a"), named("b")]).toEqual([true, true]);
  await patient;
});

test("a full group waits for nobody", { timeout: 30_000 }, async () => {
  const group = createGroup(folder, FOREVER_MS);
  const all = Array.from({ length: GROUP_FILES }, (_, n) => add(group, String(n), true));
  await vi.waitFor(() => expect(named(String(GROUP_FILES - 1))).toBe(true), { timeout: 20_000 });
  group.hurry();
  await Promise.all(all);
});

test("hurrying reaches those whose group is already under way", async () => {
  const group = createGroup(folder, FOREVER_MS);
  const first = add(group, "a", false);
  const later = add(group, "b", true);
  group.hurry();
  await Promise.all([first, later]);
  expect([named("a"), named("b")]).toEqual([true, true]);
});
