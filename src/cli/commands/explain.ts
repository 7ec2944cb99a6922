import { WholesourceError } from "../../model/error.ts";
import { findingCodes, isFindingCode } from "../../model/findings.ts";
import { nearest } from "../../model/nearest.ts";
import { explainFinding, explainList } from "../../report/explain.ts";
import { write } from "../output.ts";

/** `wholesource explain [code]`. Throws `usage` for a code that does not exist. */
export async function explainCommand(code: string | undefined): Promise<number> {
  if (code === undefined) {
    await write(explainList());
    return 0;
  }
  if (!isFindingCode(code)) {
    const near = nearest(code, findingCodes);
    throw new WholesourceError("usage", `there is no finding code \`${code}\``, {
      hint: near === undefined ? "run `wholesource explain` for the list" : `did you mean \`${near}\`?`,
    });
  }
  await write(explainFinding(code));
  return 0;
}
