import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgress, type ProgressDisplay, type ProgressOptions } from "../../src/cli/ui.ts";
import { createRateMeter, progressLine } from "../../src/cli/ui-line.ts";

const CLEAR = "\r\u001b[K";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function display(options: Partial<ProgressOptions> = {}): {
  readonly progress: ProgressDisplay;
  readonly written: () => string;
} {
  let written = "";
  const progress = createProgress({
    stream: {
      write: (text) => {
        written += text;
      },
    },
    isTTY: true,
    ci: false,
    columns: () => 60,
    now: () => performance.now(),
    quiet: false,
    ...options,
  });
  return { progress, written: () => written };
}

/** What is left on the screen when a terminal has acted upon the text. */
function screen(text: string): readonly string[] {
  return text.split("\n").map((line) => line.split(CLEAR).at(-1) ?? "");
}

describe("on a terminal", () => {
  test("one line is drawn again and again, ten times a second at most", () => {
    const { progress, written } = display();
    progress.start({ files: 4, bytes: 100_000_000 });
    for (let step = 1; step <= 1000; step += 1) {
      vi.advanceTimersByTime(2);
      progress.update({ files: 0, bytes: step * 20_000, current: ["weights"] });
    }
    expect(written()).not.toContain("\n");
    expect(written().split(CLEAR).length).toBeLessThanOrEqual(24);
    expect(screen(written())).toEqual(
      ["weights: 0 of 4 files, 20.0 MB of 100 MB, 10.0 MB/s, 8 s l..."].map((line) =>
        expect.stringContaining(line.slice(0, 40)),
      ),
    );
    progress.stop();
    expect(screen(written())).toEqual([""]);
  });

  test("the line never fills the terminal's last column", () => {
    const { progress, written } = display({ columns: () => 20 });
    progress.start();
    vi.advanceTimersByTime(1000);
    progress.update({ files: 1, bytes: 5, current: ["a-piece-with-a-very-long-name"] });
    for (const line of written().split(CLEAR)) expect(line.length).toBeLessThan(20);
    progress.stop();
  });

  test("a stall shows, though nothing happens", () => {
    const { progress, written } = display();
    progress.start({ bytes: 1_000_000 });
    vi.advanceTimersByTime(800);
    progress.update({ files: 0, bytes: 400_000 });
    expect(screen(written())[0]).toContain("500 kB/s");
    vi.advanceTimersByTime(20_000);
    expect(screen(written())[0]).toContain("0 bytes/s");
    progress.stop();
  });

  test("a line that stays is printed above the live one", () => {
    const { progress, written } = display();
    progress.start();
    progress.line("note \u001b[2J");
    expect(screen(written())).toEqual(["note \\u{1b}[2J", "0 files, 0 bytes"]);
    progress.stop();
    expect(screen(written())).toEqual(["note \\u{1b}[2J", ""]);
  });

  test("nothing is drawn before the start and after the stop", () => {
    const { progress, written } = display();
    progress.update({ files: 1, bytes: 1 });
    expect(written()).toBe("");
    progress.start();
    progress.stop();
    const before = written();
    progress.update({ files: 2, bytes: 2 });
    vi.advanceTimersByTime(60_000);
    expect(written()).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("pieces do not scroll the terminal", () => {
    const { progress, written } = display();
    progress.start();
    progress.pieceStarted("weights");
    progress.pieceEnded("weights", "verified");
    expect(written()).not.toContain("\n");
    progress.stop();
  });
});

describe.each([
  ["a pipe", { isTTY: false }],
  ["continuous integration", { ci: true }],
  ["a dumb terminal", { term: "dumb" }],
])("in %s", (_name, options) => {
  test("plain lines tell the pieces, and every 30 s that the run goes on", () => {
    const { progress, written } = display(options);
    progress.start({ files: 2 });
    progress.pieceStarted("weights");
    for (let second = 1; second <= 65; second += 1) {
      vi.advanceTimersByTime(1000);
      progress.update({ files: 1, bytes: second * 1_000_000, current: ["weights"] });
    }
    progress.pieceEnded("weights", "verified");
    progress.stop();
    expect(written()).not.toContain("\r");
    expect(written()).not.toContain("\u001b");
    expect(written().split("\n")).toEqual([
      "checking weights",
      "weights: 1 of 2 files, 29.0 MB, 1.0 MB/s",
      "weights: 1 of 2 files, 59.0 MB, 1.0 MB/s",
      "weights: verified",
      "",
    ]);
  });
});

test("quiet shows nothing at all", () => {
  for (const isTTY of [true, false]) {
    const { progress, written } = display({ quiet: true, isTTY });
    progress.start({ files: 1 });
    progress.pieceStarted("weights");
    vi.advanceTimersByTime(60_000);
    progress.update({ files: 1, bytes: 1 });
    progress.line("text");
    progress.stop();
    expect(written()).toBe("");
  }
});

describe("the line", () => {
  test.each([
    [{ files: 0, bytes: 0 }, undefined, "0 files, 0 bytes"],
    [
      { files: 3, filesTotal: 4, bytes: 21_271, bytesTotal: 840_000_000, current: ["a", "b", "c"] },
      2e7,
      "a and 2 more: 3 of 4 files, 21.3 kB of 840 MB, 20.0 MB/s, 42 s left",
    ],
    [{ files: 1, bytes: 10, bytesTotal: 5 }, 1, "1 file, 10 bytes, 1 byte/s"],
    [{ files: 1, bytes: 0, bytesTotal: 5 }, 0, "1 file, 0 bytes of 5 bytes, 0 bytes/s"],
    [{ files: 0, bytes: 0, current: ["\u001b[2J"] }, undefined, "\\u{1b}[2J: 0 files, 0 bytes"],
  ])("%j at %s", (state, rate, shown) => {
    expect(progressLine(state, rate)).toBe(shown);
  });
});

test("the speed is that of the last ten seconds", () => {
  const meter = createRateMeter();
  expect(meter.rate(0, 0)).toBeUndefined();
  for (let second = 1; second <= 10; second += 1) meter.rate(second * 1000, second * 1000);
  expect(meter.rate(11_000, 11_000)).toBe(1000);
  for (let second = 12; second <= 30; second += 1) meter.rate(second * 1000, 11_000);
  expect(meter.rate(31_000, 11_000)).toBe(0);
});
