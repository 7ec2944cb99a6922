import type { Recognition } from "./reading.ts";
import { recogniseLicense } from "./recognise.ts";

/** Texts that are remembered: a release has its licence beside each piece, and few licences. */
const textsMax = 16;
/** Longer texts are read anew. UTF-16 units. */
const textMaxLength = 64 * 1024;

/** Recognises texts, each of the last ones once. */
export function rememberingRecogniser(
  recognise: (text: string) => Recognition = recogniseLicense,
): (text: string) => Recognition {
  const known = new Map<string, Recognition>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const recognition = recognise(text);
    if (text.length > textMaxLength) return recognition;
    const [oldest] = known.keys();
    if (known.size >= textsMax && oldest !== undefined) known.delete(oldest);
    known.set(text, recognition);
    return recognition;
  };
}
