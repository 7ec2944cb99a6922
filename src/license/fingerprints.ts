/**
 * Licences of models that the SPDX list lacks: how they are called and what each of them says, in our own short phrases.
 * Their words are not known here, so nothing of this makes a text exact.
 */
import type { Fingerprint } from "./fingerprint-type.ts";
import { familyFingerprints } from "./fingerprints-families.ts";
import { makerFingerprints } from "./fingerprints-makers.ts";

/** All of them. */
export const fingerprints: readonly Fingerprint[] = [...familyFingerprints, ...makerFingerprints];
