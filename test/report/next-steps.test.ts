import { expect, test } from "vitest";
import type { RefusalReason } from "../../src/model/evidence.ts";
import { type Finding, finding } from "../../src/model/findings.ts";
import type { Report } from "../../src/model/report.ts";
import { nextSteps } from "../../src/report/next-steps.ts";
import { verdictText } from "../../src/report/wording.ts";
import * as samples from "./sample-reports.ts";

const steps = (report: Report): readonly string[] => nextSteps(report, (text) => `<${text}>`);

function unanswered(piece: string, reason: RefusalReason): Finding {
  const code = reason.endsWith("-blocked") || reason === "forbidden" ? "location-denied" : "location-unreachable";
  return finding(code, { piece, pointer: "", args: { uri: "u", reason, detail: "d" } });
}

function inconclusive(reasons: { readonly [piece: string]: RefusalReason }, fields: Partial<Report> = {}): Report {
  const entries = Object.entries(reasons);
  return samples.report(
    entries.map(([id]) => samples.piece(id, "inconclusive")),
    entries.map(([id, reason]) => unanswered(id, reason)),
    fields,
  );
}

test("waiting helps where a host did not answer", () => {
  expect(steps(inconclusive({ a: "server-error" }))).toEqual([
    "check <a> again later: nothing was proven for or against it",
  ]);
});

test.each<RefusalReason>(["offline", "address-blocked", "outside-blocked", "forbidden"])(
  "waiting does not help against `%s`",
  (reason) => {
    const [step = ""] = steps(inconclusive({ a: reason }));
    expect(step).toContain("do what the hints above say to have <a> checked");
    expect(step).not.toContain("later");
  },
);

test("each piece is in the step that helps it", () => {
  expect(steps(inconclusive({ a: "offline", b: "stalled" }))).toEqual([
    "check <b> again later: nothing was proven for or against it",
    "do what the hints above say to have <a> checked: nothing was proven for or against it",
  ]);
});

test("a stopped run says so once", () => {
  expect(steps(inconclusive({ a: "interrupted", b: "interrupted" }, { partial: true }))).toEqual([
    "run it again: this run was stopped before it was done",
  ]);
});

test("a resolved piece names what it lacks only where the report tells it", () => {
  const weak = finding("digest-weak", { piece: "a", pointer: "", args: { path: "p", algorithms: "md5" } });
  const piece = samples.piece("a", "resolved");
  expect(steps(samples.report([piece], [weak]))[0]).toContain("the findings above say");
  expect(steps(samples.report([piece], [{ ...weak, severity: "note" }]))[0]).not.toContain("above");
  expect(steps(samples.report([piece], [], { depth: "probe" }))[0]).toContain("--depth full");
});

test.each([
  [
    ["verified"],
    3,
    "checked in part: <n v>, only 1 of its 3 pieces was asked for, which is what the manifest declares",
  ],
  [
    ["verified", "verified"],
    3,
    "checked in part: <n v>, only 2 of its 3 pieces were asked for, and all of them are what the manifest declares",
  ],
  [["verified", "broken"], 3, "not whole: <n v>, only 2 of its 3 pieces were asked for, and 1 of them is broken"],
  [["inconclusive"], 2, "could not be told: <n v>, only 1 of its 2 pieces was asked for, which could not be checked"],
] as const)("a part is never called the whole: %j of %i", (outcomes, piecesDeclared, verdict) => {
  const pieces = outcomes.map((outcome, index) => samples.piece(`p${index}`, outcome));
  const report = samples.report(pieces, [], { piecesDeclared, name: "n", version: "v" });
  expect(verdictText(report, (text) => `<${text}>`)).toBe(verdict);
  expect(steps(report).at(-1)).toContain("run without `--piece`");
});

test("an exit code that was asked to say nothing is not to be gone by", () => {
  const never = samples.report([samples.piece("a", "broken")], []);
  const steps0 = steps({ ...never, summary: { ...never.summary, exitCode: 0 } });
  expect(steps0.at(-1)).toBe("do not go by the exit code: this run was asked never to fail");
  expect(steps(never).join()).not.toContain("exit code");
});
