import { refusalOutcome } from "../../judge/refusals.ts";
import { resolvedText } from "../../report/resolved-text.ts";
import { type ResolvedLocation, resolveLocation } from "../../run/resolve-location.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { write } from "../output.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";

export interface ResolveArguments
  extends Pick<RunArguments, "endpoint" | "retries" | "timeout" | "offline" | "allowPrivate" | "allowDowngrade"> {
  readonly revision?: string;
  readonly path?: string;
  readonly format?: "text" | "json";
  readonly limit?: number;
}

/** `wholesource resolve LOCATION`: what one location's host says is there. */
export async function resolveCommand(uri: string, options: ResolveArguments): Promise<number> {
  const { revision, path, limit } = options;
  const { policy: _none, ...chosen } = verifyOptions(options);
  const interrupt = listenForInterrupt((text) => process.stderr.write(`wholesource: ${text}\n`));
  try {
    const resolved = await resolveLocation(
      { uri, ...(revision === undefined ? {} : { revision }), ...(path === undefined ? {} : { path }) },
      {
        ...chosen,
        cwd: process.cwd(),
        environment: process.env,
        signal: interrupt.signal,
        // Whoever types a path knows where it leads.
        allowOutside: true,
        ...(limit === undefined ? {} : { limit }),
      },
    );
    await write(
      options.format === "json"
        ? `${JSON.stringify({ schemaVersion: "1", ...resolved }, null, 2)}\n`
        : resolvedText(
            { ...resolved, uri: resolved.location.uri },
            process.stdout.isTTY ? process.stdout.columns : undefined,
          ),
    );
    return interrupt.exitCode() ?? codeOf(resolved);
  } finally {
    interrupt.stop();
  }
}

/** 0 there, also behind a gate · 1 not there · 3 could not be told. */
function codeOf({ refusal, status }: ResolvedLocation): 0 | 1 | 3 {
  if (status === "unsupported" || status === "not-asked") return 3;
  if (refusal === undefined) return 0;
  const outcome = refusalOutcome(refusal);
  return outcome === "broken" ? 1 : outcome === "gated" ? 0 : 3;
}
