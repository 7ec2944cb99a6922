import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { ByteReader, lineEnd } from "./byte-reader.ts";
import type { Git } from "./git-program.ts";

/** The file that a link leads to. */
export interface LinkEnd {
  readonly status: "file";
  readonly id: string;
  readonly size: number;
}

/** Bytes of what git says of one path: it repeats the path, or tells what a link says. */
const answerMaxBytes = 64 * 1024;

/**
 * The files that these paths of a commit's own tree lead to, over other links too, as long as they stay in it; else why
 * there is none. Undefined where what a path leads to is not here. Git walks them itself, and no further than forty for
 * one path.
 */
export async function linkEnds(
  git: Git,
  root: string,
  paths: readonly string[],
): Promise<readonly (LinkEnd | Refusal | undefined)[]> {
  const running = git.talk(["cat-file", "--batch-check", "--follow-symlinks"]);
  // Git may not take all of it before somebody takes its answers.
  const asking = running
    .write(
      paths
        .filter(isOneLine)
        .map((path) => `${root}:${path}\n`)
        .join(""),
    )
    .then(() => running.endInput());
  try {
    const bytes = new ByteReader(running.stdout);
    const ends: (LinkEnd | Refusal | undefined)[] = [];
    let lost: Refusal | undefined;
    for (const path of paths) {
      const end = isOneLine(path) ? (lost ?? (await nextEnd(bytes))) : unaskable;
      if (end === "lost") lost = refuse("read-failed", "git does not tell where the repository's links lead");
      ends.push(end === "lost" ? lost : end);
    }
    if (lost === undefined) await asking;
    return ends;
  } finally {
    running.stop();
  }
}

/** A path with a line's end in it would be two questions. */
const isOneLine = (path: string): boolean => !path.includes("\n");
const unaskable = refuse("reply-invalid", "it is a link with a line's end in its name");

async function nextEnd(bytes: ByteReader): Promise<LinkEnd | Refusal | undefined | "lost"> {
  const header = await bytes.line(answerMaxBytes);
  if (header === undefined) return "lost";
  if (header.endsWith(" missing")) return undefined;
  const [, id, type, size] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d{1,15})$/.exec(header) ?? [];
  if (id !== undefined) {
    return type === "blob"
      ? { status: "file", id, size: Number(size) }
      : refuse("not-a-file", "it is a link that leads to a folder");
  }
  const [, why = "", length] = /^(symlink|dangling|loop|notdir) (\d{1,5})$/.exec(header) ?? [];
  if (length === undefined) return "lost";
  const rest = await bytes.whole(Number(length));
  if (rest === undefined || (await bytes.whole(1))?.[0] !== lineEnd) return "lost";
  return refuse("not-found", `it is a link that leads ${whither[why] ?? "nowhere"}`);
}

const whither: { readonly [why: string]: string } = {
  symlink: "out of the repository",
  dangling: "to nothing",
  loop: "round in a circle",
  notdir: "into a file as if it were a folder",
};
