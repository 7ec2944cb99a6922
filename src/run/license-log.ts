import type { FileRole } from "../judge/file.ts";
import { compareText } from "../judge/fold.ts";
import type { LicenseSearch } from "../judge/license.ts";
import { mayStateLicense } from "../license/sources.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Piece } from "../model/manifest.ts";

/** Pieces whose files may say their licence in their first lines. */
export const taggedKinds: ReadonlySet<Piece["kind"]> = new Set([
  "data-preprocessing-code",
  "training-code",
  "inference-code",
  "evaluation-code",
  "model-architecture",
  "libraries",
]);

/** What may speak of a piece's licence and could not be read: while there is any, no licence is absent. */
export class LicenseLog {
  readonly #unread = new Map<string, string>();

  /** Looks at the evidence of an archive, of a licence file, or of a place that was asked for one. */
  note({ path, refusal }: Evidence, role: FileRole): void {
    if (refusal === undefined || refusal.kind === "absent") return;
    const maySpeak = role !== "file" || mayStateLicense(path);
    if (maySpeak) this.unread(path, refusal.reason);
  }

  unread(path: string, reason: string): void {
    this.#unread.set(path, reason);
  }

  /** `wasDone`: the place was searched at all. Of several unread places the first by name is told. */
  result(wasDone: boolean): LicenseSearch {
    if (!wasDone) return { state: "not-done" };
    const [first] = [...this.#unread].sort(([one], [other]) => compareText(one, other));
    return first === undefined ? { state: "complete" } : { state: "incomplete", path: first[0], reason: first[1] };
  }
}
