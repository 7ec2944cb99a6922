import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { Git } from "./git-program.ts";

/** What is to be fetched. */
export interface Target {
  /** The id that is asked for: of a commit, or of a tag's own object. */
  readonly id: string;
  /** The branch or tag that it was found under. */
  readonly ref?: string;
}

const wholeId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const shortId = /^[0-9a-f]{4,64}$/i;

/** Longer names are no one's. UTF-16 units. */
const nameMaxLength = 255;

/** True for what is an object's whole id, and so can not change its meaning. */
export function isObjectId(revision: string): boolean {
  return wholeId.test(revision);
}

/** True for a name that a branch or a tag can have, by the rules of git-check-ref-format, and that is not an option. */
export function isRefName(name: string): boolean {
  if (name === "" || name.length > nameMaxLength || /^-|^@$|\.\.|@\{|\/\/|^\/|\/$|\.$/.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\p{Surrogate}/u.test(name)) return false;
  return !name.split("/").some((part) => part.startsWith(".") || part.endsWith(".lock"));
}

/** Asks the host what a branch, a tag, or its own choice stands for now. */
export async function findTarget(git: Git, revision: string | undefined): Promise<Target | Refusal> {
  if (revision !== undefined && isObjectId(revision)) return { id: revision.toLowerCase() };
  const isHead = revision === undefined || revision === "HEAD";
  const names = isHead
    ? ["HEAD"]
    : revision.startsWith("refs/")
      ? [revision]
      : [`refs/tags/${revision}`, `refs/heads/${revision}`];
  const answer = await git.ask([
    "ls-remote",
    "--end-of-options",
    git.remote.url,
    ...names.flatMap((name) => [name, `${name}^{}`]),
  ]);
  if (answer.status === "failed") return answer.refusal;
  // Git matches the ends of names: only the very ones count.
  const found = new Map<string, string>();
  for (const line of answer.text.split("\n")) {
    const [id = "", name = ""] = line.split("\t");
    if (wholeId.test(id)) found.set(name, id);
  }
  const here = names.filter((name) => found.has(name));
  const commits = new Set(here.map((name) => found.get(`${name}^{}`) ?? found.get(name)));
  if (commits.size > 1) {
    const message = `\`${revision}\` is a tag and a branch: write \`refs/tags/${revision}\` or \`refs/heads/${revision}\``;
    return refuse("revision-unclear", message);
  }
  const [ref] = here;
  const id = ref === undefined ? undefined : found.get(ref);
  if (ref !== undefined && id !== undefined) return { id, ref };
  if (isHead) return refuse("revision-not-found", "the repository has no commit that it begins with");
  if (shortId.test(revision)) {
    const message = `no branch and no tag is called \`${revision}\`, and a commit can only be asked for by its whole id`;
    return refuse("revision-unclear", message);
  }
  return refuse("revision-not-found", `the repository has no branch and no tag \`${revision.slice(0, 200)}\``);
}
