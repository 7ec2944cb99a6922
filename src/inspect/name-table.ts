/** What a new name does to the names before it. */
export type NameClash =
  | { readonly kind: "duplicate" }
  /** Equal to an earlier name but for letter case or Unicode form. */
  | { readonly kind: "collision" }
  /** A file where a folder is, or the other way round. */
  | { readonly kind: "file-and-folder"; readonly path: string }
  /** The member lies below a link. */
  | { readonly kind: "below-link"; readonly path: string };

/** Remembers the names of an archive's members, 53 bits each, so that a million of them stay small. */
export interface NameTable {
  add(path: string, type: "file" | "folder" | "link"): NameClash | undefined;
  /** Names and the folders above them. */
  readonly size: number;
}

export function createNameTable(): NameTable {
  // Folded name -> exact name, both as hashes; a folder's is negative.
  const names = new Map<number, number>();
  const links = new Set<number>();
  const told = new Set<number>();
  let lastParent = "";

  const put = (path: string, type: "file" | "folder" | "link"): NameClash | undefined => {
    const exact = hash(path);
    const folded = fold(path);
    const key = folded === path ? exact : hash(folded);
    const known = names.get(key);
    if (known === undefined) {
      names.set(key, type === "folder" ? -exact : exact);
      if (type === "link") links.add(exact);
      return undefined;
    }
    const folderBefore = known < 0;
    const isFolder = type === "folder";
    const same = Math.abs(known) === exact;
    if (folderBefore && isFolder && same) return undefined;
    if (told.has(key)) return undefined;
    told.add(key);
    if (!same) return { kind: "collision" };
    if (folderBefore === isFolder) return { kind: "duplicate" };
    return links.has(exact) ? { kind: "below-link", path } : { kind: "file-and-folder", path };
  };

  return {
    add(path, type) {
      const slash = path.lastIndexOf("/");
      const parent = slash < 0 ? "" : path.slice(0, slash);
      let clash: NameClash | undefined;
      if (parent !== lastParent) {
        for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
          clash ??= put(path.slice(0, at), "folder");
        }
        lastParent = parent;
      }
      return put(path, type) ?? clash;
    },
    get size() {
      return names.size;
    },
  };
}

const unfolded = /[A-Z\u0080-\uffff]/;

/** The name as a file system that minds neither case nor Unicode form would see it. */
function fold(path: string): string {
  return unfolded.test(path) ? path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC") : path;
}

/** 53 bits, never zero. Equal names have equal hashes, so that no duplicate is missed. */
function hash(text: string): number {
  let a = 0x9e3779b1;
  let b = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x27d4eb2f);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x165667b1);
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (b >>> 16), 0x2c1b3c6d);
  b = Math.imul(b ^ (a >>> 15), 0x297a2d39);
  return (b & 0x1fffff) * 0x100000000 + (a >>> 0) + 1;
}
