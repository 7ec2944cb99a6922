import { diffSides } from "../../judge/diff.ts";
import { WholesourceError } from "../../model/error.ts";
import { type DiffFormat, renderDiff } from "../../report/diff-page.ts";
import { openSide } from "../diff-side.ts";
import { write } from "../output.ts";
import { shownHere } from "../verification.ts";

export interface DiffArguments {
  readonly format?: DiffFormat;
  readonly allowPrivate?: boolean;
}

/** `wholesource diff`: 0 the same · 1 something differs · 3 nothing is known to differ, and not all could be compared. */
export async function diffCommand(before: string, after: string, options: DiffArguments): Promise<number> {
  if (before === "-" && after === "-") {
    throw new WholesourceError("usage", "standard input can be read once", { hint: "name a file for one of the two" });
  }
  const first = await openSide(before, options);
  const diff = diffSides(first, await openSide(after, options));
  await write(renderDiff(diff, options.format ?? "text", shownHere(diff.after.manifest.uri)));
  return diff.summary.exitCode;
}
