import { explainFinding, explainList } from "../../report/explain.ts";
import { write } from "../output.ts";

/** `wholesource explain [code]`. Throws `usage` for a code that does not exist. */
export async function explainCommand(code: string | undefined): Promise<number> {
  await write(code === undefined ? explainList() : explainFinding(code, process.stdout.columns));
  return 0;
}
