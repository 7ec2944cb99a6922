import type { Running } from "../io/process.ts";
import type { Refusal } from "../model/evidence.ts";
import { ByteReader, lineEnd } from "./byte-reader.ts";
import type { Git } from "./git-program.ts";
import { refused } from "./git-refusal.ts";

/** The file that a link leads to. */
export interface LinkEnd {
  readonly status: "file";
  readonly id: string;
  readonly size: number;
}

/** Where the links of one commit lead. */
export interface Links {
  /**
   * The file that this path leads to, over other links too, as long as they stay in the commit; else why there is none.
   * Undefined where what it leads to is not here.
   */
  end(path: string): Promise<LinkEnd | Refusal | undefined>;
  close(): void;
}

/** Bytes of what git says of one path: it repeats the path, or tells what a link says. */
const answerMaxBytes = 64 * 1024;

/**
 * Opens git for the links of a tree, which must be a commit's own: what leaves it leaves the repository. Git walks them
 * itself, and no further than forty for one path.
 */
export function openLinks(git: Git, root: string): Links {
  let running: Running | undefined;
  let bytes: ByteReader | undefined;
  let isBroken = false;

  const broken = (): Refusal => {
    isBroken = true;
    return refused("read-failed", "git does not tell where the repository's links lead");
  };
  const answer = async (): Promise<LinkEnd | Refusal | undefined> => {
    const header = await bytes?.line(answerMaxBytes);
    if (header === undefined || bytes === undefined) return broken();
    if (header.endsWith(" missing")) return undefined;
    const [, id, type, size] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d{1,15})$/.exec(header) ?? [];
    if (id !== undefined) {
      return type === "blob"
        ? { status: "file", id, size: Number(size) }
        : refused("not-a-file", "it is a link that leads to a folder");
    }
    const [, why = "", length] = /^(symlink|dangling|loop|notdir) (\d{1,5})$/.exec(header) ?? [];
    const rest = await bytes.whole(Number(length ?? Number.NaN));
    if (rest === undefined || (await bytes.whole(1))?.[0] !== lineEnd) return broken();
    return refused("not-found", `it is a link that leads ${whither[why] ?? "nowhere"}`);
  };

  return {
    async end(path) {
      if (isBroken) return broken();
      // It would be two questions.
      if (path.includes("\n")) return refused("reply-invalid", "it is a link with a line's end in its name");
      running ??= git.talk(["cat-file", "--batch-check", "--follow-symlinks"]);
      bytes ??= new ByteReader(running.stdout);
      await running.write(`${root}:${path}\n`);
      return answer();
    },
    close() {
      running?.stop();
    },
  };
}

const whither: { readonly [why: string]: string } = {
  symlink: "out of the repository",
  dangling: "to nothing",
  loop: "round in a circle",
  notdir: "into a file as if it were a folder",
};
