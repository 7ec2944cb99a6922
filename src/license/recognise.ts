/** Which licence a text is. Only `exact` supports a claim: a text with one more clause is no longer the licence. */
import { once } from "../model/license-ids.ts";
import type { Range } from "./compare.ts";
import { type Corpus, loadCorpus } from "./corpus.ts";
import { matchFingerprint } from "./fingerprint.ts";
import { readNotices } from "./notice-only.ts";
import type { Reading, Recognition } from "./reading.ts";
import { type Rest, restsOf } from "./rests.ts";
import { readSeveral } from "./several.ts";
import { readSingle } from "./single.ts";
import { survey, type Whole } from "./survey.ts";
import { wordsOf } from "./words.ts";

/** Words of a text that are read; the longest licence has under 20,000. */
const wordLimit = 120_000;
/** A rest that is longer than this and than the licence beside it is a text of its own. */
const ownTextWords = 300;

const programCorpus = once(loadCorpus);

/** Reads a text with the corpus of this program, which is loaded when it is first needed. */
export function recogniseLicense(text: string): Recognition {
  return recogniseWith(programCorpus(), text);
}

/** Reads a text with the given corpus. */
export function recogniseWith(corpus: Corpus, written: string): Recognition {
  const text = wordsOf(written);
  const { words } = text;
  if (words.length === 0 || words.length > wordLimit) return { verdict: "unknown" };
  const ids = Uint16Array.from(words, (word) => corpus.numbers.get(word) ?? 0);
  const reading: Reading = { corpus, text, ids };
  const parts = survey(corpus, text, ids);
  const licenses = parts.filter((part) => part.kind !== "notice");
  const notices = parts.filter((part): part is Whole => part.kind === "notice");
  const rests = restsOf(text, parts);
  const [first] = licenses;
  const fingerprint = rests.length === 0 && first?.kind === "whole" ? undefined : matchFingerprint(words, written);
  // A licence that is there word for word says more than key phrases, unless the phrases are of one that was made of it.
  const isPlain = licenses.every(({ kind }) => kind !== "whole") || fingerprint?.base !== undefined;
  const known = isPlain ? fingerprint : undefined;
  if (known !== undefined) {
    // Made of a listed licence: the difference to it says more than the phrases do.
    const base = licenses.length === 1 && first !== undefined ? readSingle(reading, first, [], rests) : undefined;
    const isBase = known.base !== undefined && base?.resembles === known.base;
    return {
      verdict: isBase ? "modified" : "near",
      resembles: known.id,
      basis: "fingerprint",
      ...(isBase && base.difference !== undefined ? { difference: base.difference } : {}),
    };
  }
  if (first === undefined) return readNotices(reading, notices, rests);
  if (licenses.length > 1 || rests.some((rest) => isOwnText(rest, first)))
    return readSeveral(reading, licenses, notices, rests);
  return readSingle(reading, first, notices, rests) ?? readSeveral(reading, licenses, notices, rests);
}

function isOwnText({ start, end, material }: Rest, license: Range): boolean {
  return material && end - start > Math.max(ownTextWords, license.end - license.start);
}
