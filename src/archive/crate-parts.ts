/** The files and folders that a crate describes. */
import { compareBytes } from "../model/byte-order.ts";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import { parseDigest } from "../model/digest-text.ts";
import type { BagFaults } from "./bag-faults.ts";
import { type CrateEntity, type CrateGraph, referencesOf, shown, textsOf, typesOf, valuesOf } from "./crate-graph.ts";
import { targetOf } from "./crate-id.ts";

/** Properties that hold a digest: schema.org's one, and those of the terms for runs of workflows. */
const digestProperties = ["sha256", "sha512", "sha384", "sha1", "md5"] as const satisfies readonly DigestAlgorithm[];

/** A file that should be there. */
export interface CrateFile {
  readonly path: string;
  readonly size: number | undefined;
  readonly digest: DigestSet;
}

/** Everything that should be there, in the order of paths. */
export interface CrateParts {
  readonly files: readonly CrateFile[];
  readonly folders: readonly string[];
  /** Folders whose content is left to their description: what lies in them needs no entity of its own. */
  readonly opaque: ReadonlySet<string>;
}

/** Reads the data entities of a graph; what can not be looked for is told at once. */
export function readParts(graph: CrateGraph, root: CrateEntity, file: string, faults: BagFaults): CrateParts {
  const files = new Map<string, CrateFile>();
  const folders = new Set<string>();
  const opaque = new Set<string>();
  const reached = reachable(graph, root);
  for (const [id, entity] of graph) {
    const types = typesOf(entity);
    const isFile = types.includes("File");
    if (entity === root || (!isFile && !types.includes("Dataset"))) continue;
    const target = targetOf(id);
    if (target.kind === "thing") continue;
    if (!reached.has(id)) {
      faults.error("form-invalid", file, `\`${shown(id)}\` is no part of the crate: no \`hasPart\` leads to it`);
    }
    if (target.kind === "unsafe") faults.error("path-unsafe", shown(id), target.fault);
    else if (target.kind === "remote") {
      faults.warning("file-remote", shown(id), "it was left where it is, and not fetched");
    } else if (target.path === "") faults.error("form-invalid", file, `\`${shown(id)}\` is the crate's own folder`);
    else {
      const { path, unwise } = target;
      if (unwise !== undefined) faults.warning("form-discouraged", path, `its identifier: ${unwise}`);
      if (!isFile) {
        folders.add(path);
        if (valuesOf(entity.hasPart).length === 0) opaque.add(path);
      } else if (files.has(path)) {
        faults.error("form-invalid", path, `it is described a second time, as \`${shown(id)}\``);
      } else files.set(path, readFile(entity, path, faults));
    }
  }
  return {
    files: [...files.values()].sort((a, b) => compareBytes(a.path, b.path)),
    folders: [...folders].sort(compareBytes),
    opaque,
  };
}

/** What `hasPart` leads to from the root, on any way. */
function reachable(graph: CrateGraph, root: CrateEntity): ReadonlySet<string> {
  const reached = new Set<string>();
  const left: CrateEntity[] = [root];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const id of referencesOf(next.hasPart)) {
      if (reached.has(id)) continue;
      reached.add(id);
      const part = graph.get(id);
      if (part !== undefined) left.push(part);
    }
  }
  return reached;
}

function readFile(entity: CrateEntity, path: string, faults: BagFaults): CrateFile {
  const digest: { -readonly [Algorithm in DigestAlgorithm]?: string } = {};
  for (const algorithm of digestProperties) {
    const values = valuesOf(entity[algorithm]);
    for (const value of values) {
      const parsed = typeof value === "string" ? parseDigest(algorithm, value) : undefined;
      if (parsed === undefined || parsed.problem !== undefined) {
        faults.error("form-invalid", path, `its \`${algorithm}\` is none, so nothing can be compared with it`);
      } else if ((digest[algorithm] ?? parsed.value) !== parsed.value) {
        faults.error("form-invalid", path, `it has two different \`${algorithm}\``);
      } else digest[algorithm] = parsed.value;
    }
  }
  return { path, size: readSize(entity.contentSize, path, faults), digest };
}

function readSize(written: unknown, path: string, faults: BagFaults): number | undefined {
  const values = valuesOf(written);
  if (values.length === 0) return undefined;
  const [text] = values.length === 1 ? [...textsOf(written), String(written)] : [];
  const size = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  if (size !== undefined && Number.isSafeInteger(size)) return size;
  const detail = `its \`contentSize\` is \`${shown(text ?? "a list")}\`, which is no number of bytes and was not compared`;
  faults.warning("form-discouraged", path, detail);
  return undefined;
}
