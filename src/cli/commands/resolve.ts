import { refusalOutcome } from "../../judge/refusals.ts";
import { resolvedText } from "../../report/resolved-text.ts";
import { parseEndpoint } from "../../run/endpoints.ts";
import { type ResolvedLocation, resolveLocation } from "../../run/resolve-location.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { write } from "../output.ts";

export interface ResolveArguments {
  readonly revision?: string;
  readonly path?: string;
  readonly format?: "text" | "json";
  readonly limit?: number;
  readonly endpoint?: readonly string[];
  readonly retries?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly offline?: boolean;
  readonly allowPrivate?: boolean;
  readonly allowDowngrade?: boolean;
}

/** `wholesource resolve LOCATION`: what one location's host says is there. */
export async function resolveCommand(uri: string, options: ResolveArguments): Promise<number> {
  const { revision, path, limit, retries, timeout, offline, allowPrivate, allowDowngrade } = options;
  const interrupt = listenForInterrupt((text) => process.stderr.write(`wholesource: ${text}\n`));
  const wait = timeout === undefined ? undefined : timeout * 1000;
  try {
    const resolved = await resolveLocation(
      { uri, ...(revision === undefined ? {} : { revision }), ...(path === undefined ? {} : { path }) },
      {
        cwd: process.cwd(),
        environment: process.env,
        endpoints: Object.fromEntries((options.endpoint ?? []).map(parseEndpoint)),
        signal: interrupt.signal,
        // Whoever types a path knows where it leads.
        allowOutside: true,
        ...(limit === undefined ? {} : { limit }),
        ...(retries === undefined ? {} : { retries }),
        ...(wait === undefined ? {} : { timeouts: { connect: wait, headers: wait, idle: wait } }),
        ...(offline === undefined ? {} : { offline }),
        ...(allowPrivate === undefined ? {} : { allowPrivate }),
        ...(allowDowngrade === undefined ? {} : { allowDowngrade }),
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
  if (status === "unsupported") return 3;
  if (refusal === undefined) return 0;
  const outcome = refusalOutcome(refusal);
  return outcome === "broken" ? 1 : outcome === "gated" ? 0 : 3;
}
