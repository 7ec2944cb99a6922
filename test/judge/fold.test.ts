import { expect, test } from "vitest";
import { foldFiles } from "../../src/judge/fold.ts";

test("where no file is declared, one that the host lists and does not give is missing from the piece", () => {
  const gone = { status: "refused", kind: "absent", reason: "not-found", message: "no" } as const;
  const evidence = { piece: "a", location: 0, path: "b.txt", refusal: gone };
  const place = { piece: "a", location: 0, pointer: "/pieces/0" };
  const told = (reportUndeclared: boolean) => {
    const fold = foldFiles(place, "full", { reportUndeclared });
    fold.add(0, undefined, evidence);
    const { outcome, findings } = fold.finish();
    return { outcome, codes: findings.finish().findings.map(({ code }) => code) };
  };
  expect(told(false)).toEqual({ outcome: "broken", codes: ["file-missing"] });
  expect(told(true).outcome).toBe("verified");
});

test("the text of a link does not speak for the file that was declared", () => {
  const place = { piece: "a", location: 0, pointer: "/pieces/0" };
  const told = (sha256: string) => {
    const fold = foldFiles(place, "full", { reportUndeclared: true });
    const digest = { sha256: "b".repeat(64) };
    const transfer = { status: "read", size: 4, digest, lengthProven: true, mode: "120000" } as const;
    const entry = { path: "alias", digest: { sha256: sha256.repeat(64) } };
    fold.add(
      0,
      { entry, pointer: "/pieces/0/files/0" },
      { piece: "a", location: 0, path: "alias", transfer, published: { digest } },
    );
    const { outcome, findings } = fold.finish();
    return { outcome, codes: findings.finish().findings.map(({ code }) => code) };
  };
  expect(told("a")).toEqual({ outcome: "inconclusive", codes: ["file-malformed"] });
  expect(told("b")).toEqual({ outcome: "verified", codes: [] });
});
