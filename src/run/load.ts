import { readManifest } from "../manifest/read.ts";
import { WholesourceError } from "../model/error.ts";
import type { Finding } from "../model/findings.ts";
import type { Manifest } from "../model/manifest.ts";
import { plural } from "../model/quantity.ts";
import { type ManifestSource, rebased } from "./source.ts";

/** A manifest that can be worked with, and what is to be said about it. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly findings: readonly Finding[];
  readonly positionOf: (pointer: string) => { readonly line: number; readonly column: number } | undefined;
}

/** Reads a manifest's text. Throws `manifest-invalid` with every finding when it can not be worked with. */
export async function loadManifest(source: ManifestSource): Promise<LoadedManifest> {
  const { manifest, findings, positionOf } = await readManifest(source.bytes, { uri: source.uri });
  if (manifest === undefined) {
    const errors = findings.filter(({ severity }) => severity === "error").length;
    throw new WholesourceError(
      "manifest-invalid",
      `\`${source.uri}\` is not a usable manifest: ${plural(errors, "error")}`,
      {
        findings,
        subject: source.uri,
        hint: "mend what the findings list, and try again",
      },
    );
  }
  return { manifest: rebased(manifest, source.baseUrl), findings, positionOf };
}
