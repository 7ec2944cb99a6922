import { copyFile, readdir, stat } from "node:fs/promises";
import type { Depth, Refusal, RefusalReason } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { Door } from "./git-door.ts";
import { endedBadly, type Git } from "./git-program.ts";
import type { Target } from "./git-refs.ts";

/** A commit that is here, with its trees. */
export interface Fetched {
  /** The id that was asked for. */
  readonly id: string;
  readonly commit: string;
  readonly tree: string;
  /** How the host gave it: by its id, by its name, or only with everything else. */
  readonly asked: "id" | "ref" | "all";
  /** The contents of large files were left at the host. */
  readonly partial: boolean;
  /** The text of the tag's own object. */
  readonly tag?: string;
}

/** What the host packs for us, in bytes, after which it is told to stop. */
const packMaxBytes = 256 * 1024 ** 3;
/** The same where only names and small files are wanted. */
const probeMaxBytes = 8 * 1024 ** 3;
/** Milliseconds between two looks at how much came. */
const lookEvery = 500;
/** Bytes of a tag's own object. */
const tagMaxBytes = 256 * 1024;
/** What may be over when it is asked a second time. */
const passing: ReadonlySet<RefusalReason> = new Set([
  "connection-reset",
  "connect-timeout",
  "truncated",
  "server-error",
]);
/** Git LFS calls nothing larger a pointer: what is smaller comes even where only names are asked for. */
const smallFiles = "--filter=blob:limit=1024";

/** Makes our repository and brings one commit into it, as little of it as the host lets us ask for. */
export async function fetchTarget(
  git: Git,
  target: Target,
  depth: Depth,
  door: Pick<Door, "filters" | "givesAny" | "objectFormat">,
): Promise<Fetched | Refusal> {
  const format = target.id.length === 64 ? "sha256" : "sha1";
  if (door.objectFormat !== undefined && door.objectFormat !== format) {
    return refuse("revision-not-found", `the repository names its commits by ${door.objectFormat}`);
  }
  const made = await git.local(["init", "--quiet", "--bare", "--template=", `--object-format=${format}`, git.folder]);
  if (made.status === "failed") return made.refusal;
  const config = `${git.folder}/config`;
  await copyFile(config, `${config}.ours`);
  const partial = depth === "probe" && door.filters;
  const filter = partial ? [smallFiles] : [];
  const maxBytes = partial ? probeMaxBytes : packMaxBytes;
  const { id, ref } = target;
  const steps: readonly (readonly [Fetched["asked"], readonly string[], string])[] = [
    ["id", ["--depth=1", ...filter], id],
    ...(ref === undefined ? [] : ([["ref", ["--depth=1", ...filter], `+${ref}:refs/wholesource/tip`]] as const)),
    ["all", filter, "+refs/*:refs/wholesource/all/*"],
  ];
  let last: Refusal | undefined;
  for (const [asked, options, refspec] of steps) {
    const argv = [...options, "--end-of-options", git.remote.url, refspec];
    last = await fetchOnce(git, argv, maxBytes);
    if (last !== undefined && passing.has(last.reason)) last = await fetchOnce(git, argv, maxBytes);
    // What fetching partly notes for later would make reading ask the host again.
    await copyFile(`${config}.ours`, config);
    if (last === undefined) return arrived(git, { id, ref, asked, partial });
    if (!isForbidden(last, door)) break;
  }
  if (last?.reason !== "revision-not-found") return last ?? refuse("reply-invalid", "git fetched nothing");
  const words = /mismatched algorithms/.test(last.message)
    ? "the repository names its commits by another algorithm"
    : `the repository has no commit \`${id}\``;
  return { ...last, message: words };
}

/** True where the host has its rules for what is asked by its id, so that it may still be there. */
function isForbidden({ message, reason }: Refusal, { givesAny }: Pick<Door, "givesAny">): boolean {
  if (/mismatched algorithms/.test(message)) return false;
  if (/unadvertised object|not support shallow|[Ss]hallow|not valid/.test(message)) return true;
  return reason === "revision-not-found" && !givesAny;
}

async function fetchOnce(git: Git, argv: readonly string[], maxBytes: number): Promise<Refusal | undefined> {
  const running = git.listen([
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    ...argv,
  ]);
  running.endInput();
  let tooLarge = false;
  const packs = `${git.folder}/objects/pack`;
  const watch = setInterval(async () => {
    if ((await bytesIn(packs)) <= maxBytes) return;
    tooLarge = true;
    running.stop();
  }, lookEvery);
  for await (const _chunk of running.stdout);
  const ended = await running.ended;
  clearInterval(watch);
  if (tooLarge) return refuse("too-large", `the host sends more than \`${maxBytes}\` bytes`);
  return ended.status === "exited" && ended.code === 0 ? undefined : endedBadly(ended);
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    bytes += await stat(`${folder}/${name}`).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}

/** Says what came. Every id here was computed by git from what came. */
async function arrived(
  git: Git,
  { id: wanted, ref, asked, partial }: { id: string; ref: string | undefined } & Pick<Fetched, "asked" | "partial">,
): Promise<Fetched | Refusal> {
  // A name may have moved since it was looked up: what came is what counts.
  const named =
    asked === "ref" ? "refs/wholesource/tip" : asked === "all" && ref !== undefined ? underAll(ref) : wanted;
  const id = (await idOf(git, named)) ?? wanted;
  const commit = await idOf(git, `${id}^{commit}`);
  const tree = await idOf(git, `${id}^{tree}`);
  if (commit === undefined || tree === undefined) {
    return (await idOf(git, `${id}^{object}`)) === undefined
      ? refuse("revision-not-found", `no branch and no tag of the repository leads to \`${wanted}\``)
      : refuse("revision-not-found", `\`${wanted}\` is in the repository, but is no commit`);
  }
  const tag = commit === id ? undefined : await git.local(["cat-file", "tag", id], { maxBytes: tagMaxBytes });
  return { id, commit, tree, asked, partial, ...(tag?.status === "done" ? { tag: tag.text } : {}) };
}

const underAll = (ref: string): string => `refs/wholesource/all/${ref.replace(/^refs\//, "")}`;

async function idOf(git: Git, name: string): Promise<string | undefined> {
  const answer = await git.local(["rev-parse", "--verify", "--quiet", "--end-of-options", name]);
  return answer.status === "done" ? answer.text.trim() : undefined;
}
