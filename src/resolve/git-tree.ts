import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { endedBadly, type Git } from "./git-program.ts";

/** One entry of a tree: a file, a link, or another repository. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  /** Below the tree that was listed. Undefined when it is not UTF-8; then `shown` tells roughly what it is. */
  readonly path: string | undefined;
  readonly shown: string;
}

/** Bytes of one entry: git itself makes no longer paths. */
const entryMaxBytes = 64 * 1024;
const tab = 0x09;

/** Everything below a tree, as git sorts it, one at a time. Ends with a refusal where it breaks off. */
export async function* treeEntries(git: Git, tree: string): AsyncGenerator<TreeEntry | Refusal, void, void> {
  const running = git.talk(["ls-tree", "-r", "-z", tree]);
  running.endInput();
  let ended = false;
  try {
    for await (const bytes of parts(running.stdout)) {
      if (bytes === undefined) {
        yield refuse("too-large", `a path in the repository is longer than \`${entryMaxBytes}\` bytes`);
        return;
      }
      const entry = readEntry(bytes);
      yield entry ?? refuse("reply-invalid", "git listed something that is not an entry");
    }
    const end = await running.ended;
    ended = true;
    if (end.status !== "exited" || end.code !== 0) yield endedBadly(end);
  } finally {
    if (!ended) running.stop();
  }
}

/** What is at one path of a tree; undefined when nothing is. */
export async function entryAt(git: Git, tree: string, path: string): Promise<TreeEntry | Refusal | undefined> {
  const answer = await git.local(["ls-tree", "-z", tree, "--", path], { maxBytes: entryMaxBytes });
  if (answer.status === "failed") return answer.refusal;
  const entry = readEntry(Buffer.from(answer.text.split("\0", 1)[0] ?? ""));
  return entry?.path === path ? entry : undefined;
}

/** Cuts a stream at its NUL bytes; undefined for a part that is too long. */
async function* parts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(0); at !== -1; at = chunk.indexOf(0, from)) {
      const part = chunk.subarray(from, at);
      yield rest.length === 0 ? part : Buffer.concat([rest, part]);
      rest = new Uint8Array(0);
      from = at + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > entryMaxBytes) {
      yield undefined;
      return;
    }
  }
}

function readEntry(bytes: Uint8Array): TreeEntry | undefined {
  const at = bytes.indexOf(tab);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(at, 0)).toString("latin1");
  const [, mode, type, id] = /^(\d{6}) ([a-z]+) ([0-9a-f]{40}|[0-9a-f]{64})$/.exec(head) ?? [];
  if (mode === undefined || type === undefined || id === undefined) return undefined;
  const name = bytes.subarray(at + 1);
  const shown = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString("utf8");
  // Whatever could not be read comes back as something else.
  const path = Buffer.compare(Buffer.from(shown), name) === 0 ? shown : undefined;
  return { mode, type, id, path, shown };
}
