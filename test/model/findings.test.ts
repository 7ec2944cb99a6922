import { describe, expect, expectTypeOf, test } from "vitest";
import { hazardCodes, refusalReasons } from "../../src/model/evidence.ts";
import {
  type Finding,
  type FindingCode,
  finding,
  findingCodes,
  findingHint,
  findingInfo,
  findingMessage,
  isFindingCode,
} from "../../src/model/findings.ts";
import { printable } from "../../src/model/printable.ts";

/** Answers every property with its own name, so that a message shows which facts it tells. */
const named = new Proxy({}, { get: (_target, name) => `<${String(name)}>` });

/** The table's message functions, with the facts left open. */
function messageOf(code: FindingCode): string {
  const { message } = findingInfo[code] as { message: (args: object) => string };
  return message(named);
}

const imperatives =
  /^(add|ask|accept|begin|check|compare|copy|correct|declare|do not|fetch|find|follow|give|hash|install|keep|leave|look|make|move|name|pin|provide|put|read|remove|repair|replace|see|take|update|use|write)\b/;

describe.each(findingCodes)("%s", (code) => {
  const { title, severity, meaning, hint } = findingInfo[code];

  test("is a noun and a fact", () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });

  test("has a title that is not a sentence's end", () => {
    expect(title).toMatch(/^[A-Z].*[^.\s]$/);
    expect(title.length).toBeLessThanOrEqual(70);
    expect(["error", "warning", "note"]).toContain(severity);
  });

  test("says its message in lower case, without a full stop and without holes", () => {
    const message = messageOf(code);
    expect(message).toMatch(/^[a-z`<]/);
    expect(message).not.toMatch(/[.!?]$/);
    expect(message).not.toContain("undefined");
    expect(message).not.toMatch(/ {2}|\n/);
    expect(message.split("`").length % 2, "backticks come in pairs").toBe(1);
  });

  test("explains itself in two to four sentences", () => {
    const sentences = meaning.split(/(?<=\.) /);
    expect(sentences.length, meaning).toBeGreaterThanOrEqual(2);
    expect(sentences.length, meaning).toBeLessThanOrEqual(4);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z`].*\.$/);
    expect(meaning).not.toMatch(/ {2}|\n/);
  });

  test("says what to do", () => {
    expect(hint).toMatch(imperatives);
    expect(hint).not.toMatch(/[.!?]$/);
  });
});

describe("the table", () => {
  test("has a row for each hazard that bytes can show", () => {
    for (const hazard of hazardCodes) {
      const code = hazard
        .replace("lfs-pointer", "content-lfs-pointer")
        .replace("html-page", "content-html")
        .replace("login-page", "content-login-page")
        .replace("error-body", "content-error-body")
        .replace("empty-file", "content-empty")
        .replace("format-unexpected", "content-type-differs")
        .replace("file-", "content-");
      expect(isFindingCode(code), code).toBe(true);
    }
  });

  test("knows its own codes only", () => {
    expect(isFindingCode("digest-mismatch")).toBe(true);
    expect(isFindingCode("toString")).toBe(false);
    expect(isFindingCode("__proto__")).toBe(false);
    expect([...findingCodes].sort()).toEqual(findingCodes);
  });

  test("never calls an unanswered question an error", () => {
    const unanswered = findingCodes.filter((code) => /-(unreachable|denied|malformed|unread|unmeasured)$/.test(code));
    const aboutTheText = ["digest-malformed", "license-malformed", "listing-malformed"];
    for (const code of unanswered.filter((one) => !aboutTheText.includes(one))) {
      expect(findingInfo[code].severity, code).toBe("warning");
    }
  });

  test("calls a false or absent fact an error", () => {
    for (const code of [
      "digest-mismatch",
      "size-mismatch",
      "file-missing",
      "location-absent",
      "license-mismatch",
    ] as const) {
      expect(findingInfo[code].severity).toBe("error");
    }
  });
});

describe("finding", () => {
  test("takes the code's severity and leaves out what is not known", () => {
    const made = finding("size-undeclared", {
      piece: undefined,
      line: undefined,
      pointer: "/pieces/0",
      args: { path: "a" },
    });
    expect(Object.keys(made)).toEqual(["code", "severity", "pointer", "args"]);
    expect(made).toEqual({ code: "size-undeclared", severity: "note", pointer: "/pieces/0", args: { path: "a" } });
  });

  test("takes the severity that this case has", () => {
    const made = finding("listing-unread", {
      piece: "data",
      location: 0,
      pointer: "",
      line: 3,
      column: 5,
      severity: "error",
      args: { uri: "SHA256SUMS", reason: "not-found", detail: "no such file" },
    });
    expect(made).toMatchObject({ severity: "error", piece: "data", location: 0, line: 3, column: 5 });
  });

  test("asks for the facts of its code", () => {
    expectTypeOf(finding<"file-missing">)
      .parameter(1)
      .toHaveProperty("args")
      .toEqualTypeOf<Readonly<{ path: string; reason: string }>>();
  });
});

describe("findingMessage", () => {
  test("passes every text through the given function, and no number", () => {
    const made = finding("size-mismatch", { pointer: "", args: { path: "a\u001b[2Jb", declared: 1, measured: 2 } });
    expect(findingMessage(made, (text) => text.replace("\u001b", "ESC"))).toBe(
      "`aESC[2Jb` is declared with `1` bytes, and has `2`",
    );
  });

  test("never calls the host's word a measurement", () => {
    const made = finding("size-mismatch", { pointer: "", args: { path: "a", declared: 1, published: 2 } });
    expect(findingMessage(made, String)).toBe("`a` is declared with `1` bytes, and the host says `2`");
  });

  test("tells nothing of a fact that is not there", () => {
    const args = { uri: "u", reason: "offline", detail: "d" };
    const without = finding("location-unreachable", { pointer: "", args });
    const withTime = finding("location-unreachable", {
      pointer: "",
      args: { ...args, retryAt: "2026-01-01T00:00:00Z" },
    });
    expect(findingMessage(without, String)).toBe("`u` could not be reached (offline): d");
    expect(findingMessage(withTime, String)).toContain("until `2026-01-01T00:00:00Z`");
  });
});

describe("findingHint", () => {
  test("lists every value of an entry that is missing, however many there are", () => {
    const expected = `one of ${Array.from({ length: 100 }, (_, index) => `value-${index}`).join(", ")}`;
    const made = finding("manifest-invalid", { pointer: "/kind", args: { path: "/kind", expected } });
    expect(findingMessage(made, printable)).toBe("`/kind` is missing");
    expect(findingHint(made, printable)).toBe(`add \`kind\`: ${expected}`);
  });

  const refused = (reason: string, uri = "https://example.org/w"): Finding =>
    finding("location-denied", { pointer: "", args: { uri, reason, detail: "d" } });

  test.each(Object.keys(refusalReasons))("says what to do about a refusal for `%s`", (reason) => {
    const args = { uri: "u", path: "p", reason, detail: "d" };
    for (const code of ["location-denied", "location-unreachable", "file-malformed", "listing-unread"] as const) {
      const said = findingHint(finding(code, { pointer: "", args }), String);
      expect(said).toMatch(imperatives);
      expect(said).not.toMatch(/[.!?]$/);
    }
  });

  test.each([
    ["address-blocked", "`--allow-private`"],
    ["outside-blocked", "`--allow-outside`"],
    ["downgrade-blocked", "`--allow-downgrade`"],
    ["offline", "without `--offline`"],
  ])("a refusal for `%s` is not the host's doing", (reason, words) => {
    expect(findingHint(refused(reason), String)).toContain(words);
    expect(findingHint(refused(reason), String)).not.toMatch(/terms|credentials|later/);
  });

  test("a reason that is not known gets the code's usual hint", () => {
    expect(findingHint(refused("toString"), String)).toBe(findingInfo["location-denied"].hint);
  });

  test("a local path is looked for in this copy of the release", () => {
    const absent = (uri: string) =>
      finding("location-absent", { pointer: "", args: { uri, reason: "not-found", detail: "d" } });
    expect(findingHint(absent("./data"), String)).toContain("this copy of the release");
    expect(findingHint(absent("https://example.org/data"), String)).toContain("ask the authors");
  });
});
