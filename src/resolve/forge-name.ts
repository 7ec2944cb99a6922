import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { Namespace } from "./forge-location.ts";
import { type Access, knock } from "./git-door.ts";
import { openGit } from "./git-program.ts";
import { isObjectId, isRefName } from "./git-refs.ts";
import { readRemote } from "./git-remote.ts";
import type { ResolveContext } from "./resolver.ts";

/** Segments of a name that are tried; deeper ones are no one's. */
const nameMaxSegments = 16;

/** Where a name ends and a path begins. */
export interface Parted {
  /** A full name, or the short one where a tag and a branch share it. */
  readonly revision: string;
  readonly path: string;
}

/**
 * Names of branches and tags may hold `/`, and so may paths: the repository is asked which of the possible names it
 * has. Git keeps `a` and `a/b` apart from each other within branches and within tags; of a tag and a branch the longer
 * one is what the page shows.
 */
export async function partName(
  repository: string,
  segments: readonly string[],
  namespace: Namespace | undefined,
  context: ResolveContext,
  access: Access,
): Promise<Parted | Refusal> {
  const remote = readRemote(repository);
  if (remote === undefined) return refuse("scheme-blocked", "this is no address that git is sent to");
  const door = await knock(remote, context, access);
  if ("status" in door) return door;
  const git = await openGit(door.remote, context, access);
  if ("status" in git) return git;
  const spaces = namespace === undefined ? ["heads", "tags"] : [namespace];
  const candidates = segments.slice(0, nameMaxSegments).flatMap((_segment, index) => {
    const name = segments.slice(0, index + 1).join("/");
    if (!isRefName(name)) return [];
    const full = spaces.map((space) => `refs/${space}/${name}`);
    return [{ name, length: index + 1, full: name.startsWith("refs/") ? [name, ...full] : full }];
  });
  const asked = candidates.flatMap(({ full }) => full);
  const answer = await git.ask(["ls-remote", "--end-of-options", door.remote.url, ...asked]);
  if (answer.status === "failed") return answer.refusal;
  // Git matches the ends of names: only the very ones count.
  const there = new Set(answer.text.split("\n").flatMap((line) => line.split("\t")[1] ?? []));
  const best = candidates.findLast(({ full }) => full.some((name) => there.has(name)));
  if (best === undefined) return nothing(segments);
  const found = best.full.filter((name) => there.has(name));
  return { revision: found.length === 1 ? (found[0] ?? "") : best.name, path: segments.slice(best.length).join("/") };
}

function nothing(segments: readonly string[]): Refusal {
  const [first = ""] = segments;
  if (/^[0-9a-f]{4,64}$/i.test(first) && !isObjectId(first)) {
    const message = `no branch and no tag is called \`${first}\`, and a commit can only be asked for by its whole id`;
    return refuse("revision-unclear", message);
  }
  const shown = segments.join("/").slice(0, 200);
  return refuse("revision-not-found", `the repository has no branch and no tag that \`${shown}\` begins with`);
}
