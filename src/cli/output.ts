import { WholesourceError } from "../model/error.ts";
import { wrap } from "../model/printable.ts";

/** Lines after the first stand in so much further. */
const HANG = "    ";
/** Narrower terminals fold lines themselves, and no worse. */
const COLUMNS_MIN = 30;

/** What a write ends with when nobody reads any more; the second stands for every write after the first that failed. */
const READER_GONE: ReadonlySet<unknown> = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/**
 * Writes to standard output and waits until it is taken; false when its reader went away, which is no error. Throws
 * `output-failed`.
 */
export function write(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === undefined || error === null) resolve(true);
      else if ("code" in error && READER_GONE.has(error.code)) resolve(false);
      else
        reject(
          new WholesourceError("output-failed", `standard output can not be written: ${error.message}`, {
            hint: "check that its disk has room, or send it elsewhere",
            cause: error,
          }),
        );
    });
  });
}

/** The width of a stream that is a terminal. */
export function columnsOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number | undefined {
  return stream.isTTY === true && (stream.columns ?? 0) >= COLUMNS_MIN ? stream.columns : undefined;
}

/** A safe text as lines of at most `columns`, broken between words; one line where nothing limits it. */
export function folded(text: string, columns: number | undefined): readonly string[] {
  if (columns === undefined) return [text];
  const indent = /^ */.exec(text)?.[0] ?? "";
  const [first = "", ...rest] = wrap(text.slice(indent.length), columns - indent.length);
  const hang = indent + HANG;
  const hung = rest.length === 0 ? [] : wrap(rest.join(" "), columns - hang.length);
  return [indent + first, ...hung.map((line) => hang + line)];
}
