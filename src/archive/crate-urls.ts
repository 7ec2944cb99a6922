import { createHash } from "node:crypto";
import type { RemoteFile } from "./contents.ts";
import { idOfPath, idOfThing, idOfUrl } from "./crate-id.ts";

/** Bits of the filter: with ten million addresses one in thirty is taken for one that was there before. */
const FILTER_BITS = 2 ** 26;
/** Bits that an address sets. */
const PROBES = 4;

/** Gives out the identifiers of remote files in one pass over them; every pass gives the same ones. */
export type RemoteIds = (file: RemoteFile) => string;

/**
 * Starts a pass. A file's identifier is its address; but two files may have one address, and an identifier may be there
 * once. What was surely not seen before keeps its address as it is, all else gets a fragment that names the file. A
 * Bloom filter tells, in the same memory for any number: it errs only towards the fragment, which harms nothing.
 */
export function startRemoteIds(): RemoteIds {
  let filter: Uint32Array | undefined;
  return (file) => {
    const name = `${file.piece}/${file.path}`;
    const url = idOfUrl(file.url);
    if (url === undefined) return idOfThing("remote", name);
    filter ??= new Uint32Array(FILTER_BITS / 32);
    return addsTo(filter, url) ? url : `${url}#${idOfPath(name)}`;
  };
}

function addsTo(filter: Uint32Array, url: string): boolean {
  const digest = createHash("sha256").update(url).digest();
  let isNew = false;
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = digest.readUInt32LE(4 * probe) % FILTER_BITS;
    const [word, mask] = [bit >>> 5, 1 << (bit & 31)];
    const old = filter[word] ?? 0;
    if ((old & mask) === 0) {
      isNew = true;
      filter[word] = old | mask;
    }
  }
  return isNew;
}
