import { printable } from "../../model/printable.ts";
import { bytesText, plural } from "../../model/quantity.ts";
import { restore } from "../../run/restore.ts";
import { runHere } from "../verification.ts";

/** `wholesource restore`: the pieces of an archive in a new folder. */
export async function restoreCommand(
  argument: string,
  options: { readonly to: string; readonly quiet?: boolean },
): Promise<number> {
  return runHere(options, async ({ signal, done }) => {
    const { files, bytes, repeated } = await restore(argument, options.to, signal);
    done();
    const left = repeated === 0 ? "" : `; ${plural(repeated, "file")} left out that another piece has too`;
    process.stderr.write(
      `wholesource: laid out ${plural(files, "file")}, ${bytesText(bytes)}, in ${printable(options.to)}${left}\n`,
    );
    return 0;
  });
}
