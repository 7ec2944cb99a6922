import type { Report } from "../model/report.ts";
import type { VerifyOptions } from "./options.ts";
import type { ManifestSource } from "./source.ts";
import { verifyRelease } from "./verify-release.ts";

/**
 * Verifies a release: gets every declared piece, measures it and reports what holds.
 * Throws WholesourceError for what is wrong with the run: an unreadable manifest, an unknown piece, a full disk.
 */
export async function verify(source: ManifestSource, options: VerifyOptions = {}): Promise<Report> {
  const { fallback = [], signal } = options;
  if (fallback.length === 0) return verifyRelease(source, options, {});
  const { withFallback } = await import("./fallback.ts");
  return withFallback(fallback, signal, (copies) => verifyRelease(source, options, { fallback: copies }));
}
