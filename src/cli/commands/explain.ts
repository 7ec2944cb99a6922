import { explainFinding, explainList } from "../../report/explain.ts";
import { write } from "../output.ts";

const FOOTER = "\n`wholesource explain CODE` says what one means and what to do\n";

/** `wholesource explain [code]`. Throws `usage` for a code that does not exist. */
export async function explainCommand(code: string | undefined): Promise<number> {
  if (code !== undefined) await write(explainFinding(code, process.stdout.columns));
  // A program that reads the list gets nothing but the list.
  else await write(`${explainList()}${process.stdout.isTTY ? FOOTER : ""}`);
  return 0;
}
