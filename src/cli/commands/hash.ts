import { type DigestAlgorithm, digestAlgorithms } from "../../model/digest.ts";
import { toAlgorithm } from "../../model/digest-text.ts";
import { printable } from "../../model/printable.ts";
import { type HashEntry, hashPaths } from "../../run/hash.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { write } from "../output.ts";
import { progressFor } from "../progress.ts";
import { unknownWord } from "../usage.ts";

/** Lines that are written together. */
const LINES_AT_ONCE = 1_000;

export interface HashArguments {
  readonly algorithm?: readonly string[];
  readonly all?: boolean;
  readonly files?: boolean;
  readonly format?: "text" | "json";
  readonly concurrency?: number;
  readonly quiet?: boolean;
}

/** `wholesource hash`: exit 1 when something is not there, 3 when something could not be read. */
export async function hashCommand(paths: readonly string[], options: HashArguments): Promise<number> {
  const algorithms = options.all === true ? digestAlgorithms : chosen(options.algorithm);
  const progress = progressFor(options.quiet ?? false);
  const interrupt = listenForInterrupt((text) => {
    progress.stop();
    process.stderr.write(`wholesource: ${text}\n`);
  });
  // What could not be read is no progress: silence would look like success.
  const tell = (text: string): void => {
    if (options.quiet === true) process.stderr.write(`${text}\n`);
    else progress.line(text);
  };
  const state = { files: 0, bytes: 0 };
  let code = 0;
  let lines: string[] = [];
  let written = Promise.resolve();
  const readerGone = new AbortController();
  const json: HashEntry[] = [];
  // A million lines are not kept until the end.
  const flush = (): void => {
    const text = lines.join("");
    lines = [];
    if (text === "") return;
    // The live line would stand among the digests.
    progress.stop();
    written = written.then(async () => {
      if (!(await write(text))) readerGone.abort();
    });
    // It is waited for at the end; until then nobody would catch it.
    written.catch(() => readerGone.abort());
  };
  try {
    progress.start();
    await hashPaths(paths, {
      algorithms,
      files: options.files,
      concurrency: options.concurrency,
      signal: AbortSignal.any([interrupt.signal, readerGone.signal]),
      onBytes: (delta) => {
        state.bytes += delta;
        progress.update(state);
      },
      onEntry: (entry) => {
        state.files += 1;
        if (entry.kind === "refused") {
          code = entry.refusal.kind === "absent" ? 1 : Math.max(code, code === 1 ? 1 : 3);
          tell(`wholesource: ${printable(entry.path)}: ${printable(entry.refusal.message)}`);
        }
        if (options.format === "json") json.push(entry);
        else if (entry.kind === "file" || entry.kind === "folder") lines.push(...digestLines(entry, algorithms));
        if (lines.length >= LINES_AT_ONCE) flush();
      },
    }).catch((error: unknown) => {
      // Why the output ended is told below, if it is to be told at all.
      if (!readerGone.signal.aborted || interrupt.signal.aborted) throw error;
    });
    progress.stop();
    if (options.format === "json") lines.push(`${JSON.stringify({ schemaVersion: "1", entries: json }, null, 2)}\n`);
    flush();
    await written;
    return interrupt.exitCode() ?? code;
  } finally {
    progress.stop();
    interrupt.stop();
  }
}

/**
 * One digest of a file is printed as `sha256sum` and its kin do, so that they can check it. Of several, and of folders,
 * each line names its algorithm, in the words that a manifest uses.
 */
function* digestLines(
  entry: Extract<HashEntry, { kind: "file" | "folder" }>,
  algorithms: readonly DigestAlgorithm[] | undefined,
): Generator<string> {
  const single = entry.kind === "file" && (algorithms === undefined || algorithms.length === 1);
  const name = entry.path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  // A name with a backslash or a line break is written escaped, and the line begins with a backslash to say so.
  const mark = name === entry.path ? "" : "\\";
  for (const algorithm of digestAlgorithms) {
    const value = entry.digest[algorithm];
    if (value === undefined) continue;
    yield single ? `${mark}${value}  ${name}\n` : `${mark}${algorithm.padEnd(10)}  ${value}  ${name}\n`;
  }
}

function chosen(names: readonly string[] | undefined): readonly DigestAlgorithm[] | undefined {
  return names?.map((name) => {
    const algorithm = toAlgorithm(name);
    if (algorithm === undefined) throw unknownWord(`there is no digest \`${name}\``, name, digestAlgorithms);
    return algorithm;
  });
}
