import { WholesourceError } from "../../model/error.ts";
import { locatedText } from "../../report/located-text.ts";
import { jsonText } from "../../report/reporters/json.ts";
import {
  digestArgument,
  type LocateOptions,
  locate,
  type Wanted,
  wantedDigests,
  wantedOfManifest,
} from "../../run/locate.ts";
import { write } from "../output.ts";
import { sourceOf } from "../source.ts";
import { runHere, shownHere } from "../verification.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";

export interface LocateArguments
  extends Pick<
    RunArguments,
    "store" | "endpoint" | "retries" | "timeout" | "allowPrivate" | "allowDowngrade" | "offline"
  > {
  readonly archive?: readonly string[];
  readonly remote?: boolean;
  readonly format?: "text" | "json";
}

/** `wholesource locate`: 0 all are somewhere · 1 some are nowhere · 3 that could not be told. */
export async function locateCommand(names: readonly string[], options: LocateArguments): Promise<number> {
  const digests = names.map(digestArgument);
  const { policy: _none, ...chosen } = verifyOptions(options);
  return runHere({ quiet: true }, async ({ signal, environment, cwd }) => {
    const given = {
      ...chosen,
      signal,
      ...(environment === undefined ? {} : { environment }),
      ...(cwd === undefined ? {} : { cwd }),
    };
    const wanted = await wantedOf(names, digests, given);
    const places: LocateOptions = {
      ...given,
      ...(options.archive === undefined ? {} : { archives: options.archive }),
      remote: options.remote ?? true,
    };
    const located = await locate(wanted, places);
    await write(options.format === "json" ? jsonText(located) : locatedText(located, shownHere("")));
    return located.summary.exitCode;
  });
}

async function wantedOf(
  names: readonly string[],
  digests: readonly ReturnType<typeof digestArgument>[],
  options: LocateOptions,
): Promise<Wanted> {
  const read = digests.filter((digest) => digest !== undefined);
  if (read.length === names.length) return wantedDigests(read);
  const [name = "."] = names;
  if (names.length > 1) {
    const other = names[digests.indexOf(undefined)] ?? "";
    throw new WholesourceError("usage", `\`${other}\` is no digest, and a manifest stands alone`, {
      hint: "write digests as sha256:HEX, sha512:HEX, gitBlob:HEX or swh:1:cnt:HEX, or name one manifest",
    });
  }
  return wantedOfManifest(await sourceOf(name, options, options.signal), options);
}
