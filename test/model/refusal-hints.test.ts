import { describe, expect, test } from "vitest";
import { type RefusalReason, refusalReasons } from "../../src/model/refusal.ts";
import { mayPass, refusalHint } from "../../src/model/refusal-hints.ts";

const reasons = Object.keys(refusalReasons) as RefusalReason[];

describe.each(reasons)("%s", (reason) => {
  test("has a hint that says what to do, or leaves it to its kind", () => {
    const hint = refusalHint(reason);
    if (hint === undefined) return;
    expect(hint).toMatch(/^(accept|add|ask|check|give|look|name|provide) /);
    expect(hint).not.toMatch(/[.!?]$/);
  });

  test("is not worth asking again where it speaks of the piece or of who may have it", () => {
    if (refusalReasons[reason] === "absent" || refusalReasons[reason] === "denied") expect(mayPass(reason)).toBe(false);
  });
});

test("what waits for somebody's choice stays so however often it is asked", () => {
  for (const reason of ["choice-needed", "revision-unclear", "offline", "program-missing"]) {
    expect(refusalHint(reason), reason).toBeDefined();
    expect(mayPass(reason), reason).toBe(false);
  }
  expect(mayPass("rate-limited")).toBe(true);
  expect(mayPass("reply-invalid")).toBe(true);
});

test("what is no reason has no hint", () => {
  for (const word of ["", "toString", "constructor", "choice"]) {
    expect(refusalHint(word)).toBeUndefined();
    expect(mayPass(word)).toBe(false);
  }
});
