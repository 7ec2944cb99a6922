/** Progress on standard error: one live line on a terminal, plain lines elsewhere. Standard output stays the report's. */
import { cut, printable } from "../model/printable.ts";
import { createRateMeter, type ProgressState, progressLine } from "./ui-line.ts";

/** How often the live line is drawn at most. */
const DRAW_EVERY_MS = 100;
/** How often it is drawn at least, so that a stall shows. */
const DRAW_IDLE_MS = 1_000;
/** How often a log without a terminal hears that the run goes on. */
const PLAIN_EVERY_MS = 30_000;
const COLUMNS_DEFAULT = 80;
/** The longest line that is printed for others, in characters. */
const LINE_LENGTH = 2_000;
/** Back to the line's begin, and erase to its end. */
const CLEAR_LINE = "\r\u001b[K";

export interface ProgressOptions {
  /** Standard error. */
  readonly stream: { write(text: string): unknown };
  readonly isTTY: boolean;
  /** True in continuous integration, whose logs keep every redrawn line. */
  readonly ci: boolean;
  /** `TERM`: a dumb terminal can not erase a line. */
  readonly term?: string | undefined;
  /** Asked at each drawing, for a window can be resized. */
  readonly columns: () => number | undefined;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Nothing is shown at all. */
  readonly quiet: boolean;
}

/** Shows how far a run is. Every method is cheap and may be called as often as something happens. */
export interface ProgressDisplay {
  start(totals?: { readonly files?: number | undefined; readonly bytes?: number | undefined }): void;
  update(state: ProgressState): void;
  pieceStarted(id: string): void;
  pieceEnded(id: string, outcome: string): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Cleans up the live line. Whoever prints something else calls this first. */
  stop(): void;
}

/** A display for standard error. */
export function createProgress(options: ProgressOptions): ProgressDisplay {
  const { stream, isTTY, ci, term, columns, now, quiet } = options;
  const live = isTTY && !ci && term !== "dumb";
  const meter = createRateMeter();
  let state: ProgressState = { files: 0, bytes: 0 };
  let timer: NodeJS.Timeout | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let toldAt = now();
  let onScreen = false;

  const clear = (): void => {
    if (onScreen) stream.write(CLEAR_LINE);
    onScreen = false;
  };
  const draw = (): void => {
    drawnAt = now();
    const text = progressLine(state, meter.rate(drawnAt, state.bytes));
    // The last column stays free: a full line makes some terminals go to the next one.
    stream.write(`${CLEAR_LINE}${cut(text, (columns() || COLUMNS_DEFAULT) - 1)}`);
    onScreen = true;
  };
  const print = (text: string): void => {
    if (quiet) return;
    clear();
    stream.write(`${text}\n`);
    toldAt = now();
    if (live && timer !== undefined) draw();
  };
  const tick = (): void => {
    if (live) draw();
    else if (now() - toldAt >= PLAIN_EVERY_MS) print(progressLine(state, meter.rate(now(), state.bytes)));
    else meter.rate(now(), state.bytes);
  };

  return {
    start(totals) {
      if (quiet || timer !== undefined) return;
      state = { ...state, filesTotal: totals?.files, bytesTotal: totals?.bytes };
      toldAt = now();
      timer = setInterval(tick, DRAW_IDLE_MS);
      timer.unref();
      if (live) draw();
    },
    update(next) {
      state = { filesTotal: state.filesTotal, bytesTotal: state.bytesTotal, ...next };
      if (live && timer !== undefined && now() - drawnAt >= DRAW_EVERY_MS) draw();
    },
    pieceStarted(id) {
      if (!live) print(`checking ${printable(id)}`);
    },
    pieceEnded(id, outcome) {
      if (!live) print(`${printable(id)}: ${printable(outcome)}`);
    },
    line: (text) => print(printable(text, LINE_LENGTH)),
    stop() {
      clearInterval(timer);
      timer = undefined;
      clear();
    },
  };
}
