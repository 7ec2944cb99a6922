import { createHttp } from "../io/http.ts";
import { WholesourceError } from "../model/error.ts";
import { lookOptions } from "../run/look-options.ts";
import { type ManifestSource, openManifest } from "../run/source.ts";

/** Opens the manifest that a command's argument names. */
export async function sourceOf(
  argument: string,
  options: { readonly allowPrivate?: boolean; readonly offline?: boolean },
  signal?: AbortSignal,
): Promise<ManifestSource> {
  const http = createHttp(lookOptions(options));
  // Nothing else ends the wait for what somebody types.
  const stop = (): void => void process.stdin.destroy();
  if (argument === "-") signal?.addEventListener("abort", stop);
  try {
    return await openManifest(argument, {
      cwd: process.cwd(),
      stdin: process.stdin,
      http: async () => http,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new WholesourceError("interrupted", "stopped before the manifest was read", { cause: error });
  } finally {
    signal?.removeEventListener("abort", stop);
    await http.close();
  }
}
