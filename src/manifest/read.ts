import type { Finding } from "../model/findings.ts";
import type { Manifest } from "../model/manifest.ts";
import { decodeManifest } from "./decode.ts";
import type { Position } from "./syntax.ts";

/** What became of a manifest's bytes. */
export interface ManifestReading {
  /** The address that it came from, as given. */
  readonly uri: string;
  /** Present when nothing makes it unusable. */
  readonly manifest?: Manifest;
  /** In the order of the text, with line and column. */
  readonly findings: readonly Finding[];
  /** Where a pointer's entry stands, or the nearest entry above it; undefined when the text could not be read. */
  readonly positionOf: (pointer: string) => Position | undefined;
}

/** Reads a manifest in YAML or JSON. Never throws for what the bytes hold. */
export async function readManifest(bytes: Uint8Array, source: { readonly uri: string }): Promise<ManifestReading> {
  const decoded = decodeManifest(bytes);
  if ("fault" in decoded) return { uri: source.uri, findings: [decoded.fault], positionOf: () => undefined };
  // The parser and the schemas take longer to load than the rest of a small run.
  const { readManifestText } = await import("./read-text.ts");
  return { uri: source.uri, ...readManifestText(decoded.text) };
}
