/** Locations that hold what only their owner should know: a manifest is made to be passed on. */
import { type Finding, finding } from "../model/findings.ts";
import { redactLocation } from "../model/redact.ts";
import { field, list, text } from "./plain.ts";
import type { Plain } from "./tree.ts";

/** One finding for each address of the manifest that holds a password, a token or a signature. */
export function checkSecrets(manifest: Plain): readonly Finding[] {
  const found: Finding[] = [];
  const look = (written: Plain | undefined, pointer: string): void => {
    if (written === undefined) return;
    const own = text(written);
    const uri = own ?? text(field(written, "uri"));
    if (uri === undefined || redactLocation(uri) === uri) return;
    found.push(finding("location-secret", { pointer: own === undefined ? `${pointer}/uri` : pointer, args: { uri } }));
  };
  for (const [index, piece] of list(field(manifest, "pieces")).entries()) {
    for (const [at, location] of list(field(piece, "locations")).entries()) {
      look(location, `/pieces/${index}/locations/${at}`);
    }
    look(field(piece, "listing"), `/pieces/${index}/listing`);
  }
  for (const [index, parent] of list(field(manifest, "lineage")).entries()) {
    look(field(parent, "base"), `/lineage/${index}/base`);
    look(field(parent, "manifest"), `/lineage/${index}/manifest`);
  }
  return found;
}
