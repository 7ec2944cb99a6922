import { createHttp } from "../io/http.ts";
import { lookOptions } from "../run/context.ts";
import { type ManifestSource, openManifest } from "../run/source.ts";

/** Opens the manifest that a command's argument names. */
export async function sourceOf(
  argument: string,
  options: { readonly allowPrivate?: boolean; readonly offline?: boolean },
  signal?: AbortSignal,
): Promise<ManifestSource> {
  const http = createHttp(lookOptions(options));
  try {
    return await openManifest(argument, {
      cwd: process.cwd(),
      stdin: process.stdin,
      http: async () => http,
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    await http.close();
  }
}
