import { type RecordFormat, type Records, recordFormats } from "../model/records.ts";

/** How a list is written. */
export interface ListForm {
  readonly format: RecordFormat;
  readonly gzip: boolean;
}

const endings: { readonly [ending: string]: RecordFormat } = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  jsonlines: "jsonl",
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  parquet: "parquet",
  pq: "parquet",
};

/** The form that a name tells, or that the manifest names; undefined for what is no list. */
export function formOf(path: string, { format }: Pick<Records, "format"> = {}): ListForm | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const gzip = /\.(?:gz|gzip)$/.test(name);
  const plain = gzip ? name.slice(0, name.lastIndexOf(".")) : name;
  if (format !== undefined) return { format, gzip };
  const ending = plain.slice(plain.lastIndexOf(".") + 1);
  const found = plain.includes(".") && Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  return found === undefined ? undefined : { format: found, gzip };
}

/** The forms that are read, for messages. */
export const knownForms: string = recordFormats.join(", ");
