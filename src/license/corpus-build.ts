/** Makes the corpus out of licence texts; runs when the program is built. The counterpart of `corpus.ts`. */
import { corpusVersion, type StoredTemplate } from "./corpus.ts";
import { countPairs } from "./pairs.ts";
import { templatesOf } from "./template-build.ts";

/** A licence as the list has it. */
export interface ListedLicense {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly deprecated: boolean;
}

/** The corpus as bytes: a header in JSON, then tables of numbers. */
export function buildCorpus(licenses: readonly ListedLicense[]): Uint8Array {
  const vocabulary = new Map<string, number>();
  const numberOf = (word: string): number => {
    const known = vocabulary.get(word);
    if (known !== undefined) return known;
    vocabulary.set(word, vocabulary.size + 1);
    return vocabulary.size;
  };
  const words: number[] = [];
  const templates: StoredTemplate[] = [];
  const postings = new Map<number, (readonly [template: number, count: number])[]>();
  const sources = templatesOf(licenses);
  // Nearly all words of titles are those of every title.
  const [first] = sources;
  const titles = (first?.title ?? []).filter((word) => sources.every(({ title }) => title.includes(word)));
  const isOwn = (word: string): boolean => !titles.includes(word);
  for (const source of sources) {
    const parts = source.parts.map((part): StoredTemplate["parts"][number] => {
      const start = words.length;
      words.push(...part.words.map(numberOf));
      if (part.kind === "blank") return [start, part.words.length, 0, part.most];
      const flag = part.optional ? 1 : part.cut === "lead" ? 2 : part.cut === "tail" ? 3 : 0;
      return flag === 0 ? [start, part.words.length] : [start, part.words.length, flag];
    });
    const number = templates.length;
    const pairs = source.excerpt ? new Map<number, number>() : countPairs(source.words.map(numberOf));
    let total = 0;
    for (const [pair, count] of pairs) {
      const list = postings.get(pair) ?? [];
      list.push([number, count]);
      postings.set(pair, list);
      total += count;
    }
    templates.push({
      expression: source.expression,
      ...(source.also.length > 0 ? { also: source.also } : {}),
      ...(source.excerpt ? { notice: true } : {}),
      title: source.title.filter(isOwn).map(numberOf),
      parts,
      pairs: total,
    });
  }
  if (vocabulary.size > 0xffff) throw new Error("the vocabulary has outgrown 16 bits");
  const header = { version: corpusVersion, templates, titles: titles.map(numberOf) };
  return encode({ ...header, vocabulary: [...vocabulary.keys()].join(" ") }, words, postings);
}

function encode(
  header: object,
  words: readonly number[],
  postings: ReadonlyMap<number, readonly (readonly [number, number])[]>,
): Uint8Array {
  const keys = [...postings.keys()].sort((a, b) => a - b);
  const offsets = [0];
  const owners: number[] = [];
  const counts: number[] = [];
  for (const key of keys) {
    for (const [template, count] of postings.get(key) ?? []) {
      owners.push(template);
      counts.push(Math.min(count, 0xff));
    }
    offsets.push(owners.length);
  }
  // The widest numbers first, so that every table starts on a multiple of its width.
  const tables = [Uint32Array.from(keys), Uint32Array.from(offsets), Uint16Array.from(words), Uint16Array.from(owners)];
  const json = Buffer.from(
    JSON.stringify({ ...header, lengths: [...tables.map((table) => table.length), counts.length] }),
  );
  const head = Buffer.alloc(Math.ceil((8 + json.length) / 8) * 8, 0x20);
  head.writeUInt32LE(corpusVersion, 0);
  head.writeUInt32LE(head.length, 4);
  json.copy(head, 8);
  return Buffer.concat([
    head,
    ...tables.map((table) => Buffer.from(table.buffer, table.byteOffset, table.byteLength)),
    Uint8Array.from(counts),
  ]);
}
