/** Everything that is said of one path, brought together: the folder, every manifest and `fetch.txt`, however long. */
import { bagPathKey, decodeBagPath, encodeBagPath } from "./bag-path.ts";
import { createLineSort } from "./bag-sort.ts";

/** A file of the bag as it lies there. */
export interface BagFile {
  readonly path: string;
  readonly size: number;
  /** Its bytes are those of another file of the bag. */
  readonly isLink: boolean;
  /** Its name is no text, so no manifest can list it. */
  readonly unlistable?: boolean;
}

/** A line of a manifest. */
export interface ListedFile {
  /** Which of the bag's manifests it is in. */
  readonly manifest: number;
  readonly path: string;
  /** As the line has it, escapes and all. */
  readonly written: string;
  readonly digest: string;
}

/** A line of `fetch.txt`. */
export interface FetchedFile {
  readonly path: string;
  readonly written: string;
  readonly size: number | undefined;
}

/** What may be about one file: the same path, but for its spelling. */
export interface BagGroup {
  readonly files: BagFile[];
  readonly listed: ListedFile[];
  readonly fetched: FetchedFile[];
  /** There was more of it than anybody who means well writes; the rest was dropped. */
  crowded: boolean;
}

export interface BagRecords {
  file(file: BagFile): void;
  listed(manifest: number, written: string, digest: string): void;
  fetched(written: string, size: number | undefined): void;
  /** Group by group in the order of the paths. To be read once, when nothing is added any more. */
  groups(): Iterable<BagGroup>;
}

/** Lines about one path that are held: two for each manifest would be many. */
const GROUP_MAX = 1_000;

/** Starts collecting; what memory does not hold is written below the folder. */
export function createBagRecords(folder: string, limits: Parameters<typeof createLineSort>[2] = {}): BagRecords {
  const sort = createLineSort(folder, "bag", limits);
  // A record is `key NUL kind source NUL value NUL path`, the path left out where it is the key: most of them are.
  const add = (source: string, value: string | number, decoded: string, written: string): void => {
    const key = bagPathKey(decoded);
    sort.add(`${key}\0${source}\0${value}\0${written === key ? "" : written}`);
  };
  return {
    file: ({ path, size, isLink }) => add(isLink ? "l" : "f", size, path, encodeBagPath(path)),
    listed: (manifest, written, digest) => add(`m${manifest}`, digest, decodeBagPath(written), written),
    fetched: (written, size) => add("u", size ?? "", decodeBagPath(written), written),
    *groups() {
      let group = newGroup();
      let key: string | undefined;
      for (const record of sort.sorted()) {
        const [own = "", source = "", value = "", rest = ""] = record.split("\0");
        if (own !== key) {
          if (key !== undefined) yield group;
          group = newGroup();
          key = own;
        }
        put(group, source, value, rest === "" ? own : rest);
      }
      if (key !== undefined) yield group;
    },
  };
}

const newGroup = (): BagGroup => ({ files: [], listed: [], fetched: [], crowded: false });

function put(group: BagGroup, source: string, value: string, written: string): void {
  const { files, listed, fetched } = group;
  if (files.length + listed.length + fetched.length >= GROUP_MAX) {
    group.crowded = true;
    return;
  }
  const path = decodeBagPath(written);
  switch (source.charAt(0)) {
    case "m":
      listed.push({ manifest: Number(source.slice(1)), path, written, digest: value });
      return;
    case "u":
      fetched.push({ path, written, size: value === "" ? undefined : Number(value) });
      return;
    default:
      files.push({ path, size: Number(value), isLink: source === "l" });
  }
}
