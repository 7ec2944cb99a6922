/** The rows of lists of addresses as short phrases: what people read first of such a dataset. */
import { countText, highEnd, lowEnd, percentText, plural } from "../model/quantity.ts";
import type { RecordShare, RecordState, RecordsReport } from "../model/records.ts";
import type { Quote } from "./wording.ts";

/** One kind of rows. */
export interface RecordLine {
  readonly name: string;
  /** `4.1 %`, of the rows asked. */
  readonly share: string;
  /** `3.3 to 5.1 %`, of all rows; empty where the share is exact. */
  readonly range: string;
  readonly count: string;
}

/** In words of the report, best first. */
const NAMES: { readonly [State in RecordState]: string } = {
  resolves: "resolve",
  changed: "changed",
  gone: "gone",
  unusable: "no address",
  inconclusive: "could not be told",
};

/** What the rows came to; kinds that no row asked is of, and none of the others can be, are left out. */
export function recordLines(records: RecordsReport): readonly RecordLine[] {
  const { resolves, changed, gone, unusable, inconclusive } = records;
  const shares: readonly (readonly [RecordState, RecordShare | undefined])[] = [
    ["resolves", resolves],
    ["changed", changed],
    ["gone", gone],
    ["unusable", unusable.count === 0 ? undefined : unusable],
    ["inconclusive", inconclusive.count === 0 ? undefined : inconclusive],
  ];
  return shares.flatMap(([state, share]) => {
    if (share === undefined) return [];
    const { low, high, count } = share;
    const range = low === high ? "" : `${lowEnd(low)} to ${highEnd(high)} %`;
    return [{ name: NAMES[state], share: percentText(share.share), range, count: countText(count) }];
  });
}

/** `2,000 of 5,800,000 rows asked (12 lists, seed 42)`, or `all 600 rows asked`. */
export function askedText({ rows, asked, seed, lists }: RecordsReport): string {
  const notes = [...(lists === 1 ? [] : [plural(lists, "list")]), ...(seed === undefined ? [] : [`seed ${seed}`])];
  const which =
    asked < rows
      ? `${countText(asked)} of ${plural(rows, "row")}`
      : rows === 1
        ? "the one row"
        : `all ${plural(rows, "row")}`;
  return `${which} asked${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** What the shares rest on, in sentences: which columns, what was compared, what an interval means. */
export function basisTexts(records: RecordsReport, quote: Quote): readonly string[] {
  const { columns, asked, rows, compared, confidence, inconclusive, changed, suspicious } = records;
  const digests = Object.values(columns.digest).map((column) => quote(String(column)));
  const names = `address in ${quote(String(columns.url))}${digests.length === 0 ? ", no digest" : `, digest in ${digests.join(", ")}`}`;
  const untold = inconclusive.count === 0 ? "" : ", whatever those are that could not be told";
  const isExact = asked === rows && inconclusive.count === 0;
  return [
    `${names}${columns.guessed ? " (guessed from the columns' names)" : ""}`,
    changed === undefined
      ? "no byte was compared, so nothing is said of changes"
      : `${plural(compared, "row")} compared with a declared digest`,
    ...(suspicious === 0 ? [] : [`${countText(suspicious)} of those that resolve look like a page or an error`]),
    ...(isExact
      ? []
      : asked === rows
        ? [`each range holds the true share${untold}`]
        : [
            `each range holds the true share of all rows in ${Math.round(confidence * 100)} of 100 such samples${untold}`,
          ]),
  ];
}
