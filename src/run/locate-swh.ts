/** Asks Software Heritage for files: many at once by git's digest, one at a time by sha256. */
import type { LocatePlace, WantedFile } from "../model/located.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import { areKnown } from "../resolve/swh-archived.ts";
import { contentWithSha256, swhAddress } from "../resolve/swh-content.ts";
import { type Answer, type Asked, unknown } from "./locate-answers.ts";

/** Files that are asked for one at a time. Anonymous users have about a hundred questions an hour. */
export const SINGLE_QUESTIONS_MAX = 100;

/** What Software Heritage says of each file. */
export async function askSwh(files: readonly WantedFile[], context: ResolveContext): Promise<Asked> {
  const ids = files.map(swhidOf);
  const many = [...new Set(ids.filter((id) => id !== undefined))];
  const known = many.length === 0 ? new Map<string, boolean>() : await areKnown(many, context);
  const single = new Map<string, Answer>();
  let fault = "status" in known ? known.message : undefined;
  let asked = 0;
  const bySha256 = async (sha256: string): Promise<Answer> => {
    if (fault !== undefined) return unknown(fault);
    if (asked === SINGLE_QUESTIONS_MAX)
      return unknown(`only ${SINGLE_QUESTIONS_MAX} files are asked for by their sha256`);
    asked += 1;
    const reply = await contentWithSha256(sha256, context);
    if (reply.status === "ok") return { status: "found", at: reply.swhid };
    if (reply.kind === "absent") return { status: "absent" };
    // Whoever does not answer, or no more, is not asked a hundred times.
    if (reply.kind === "unreachable") fault = reply.message;
    return unknown(reply.message);
  };

  const answers: Answer[] = [];
  for (const [index, { digest }] of files.entries()) {
    const id = ids[index];
    if (id !== undefined) {
      if ("status" in known) answers.push(unknown(known.message));
      else answers.push(known.get(id) === true ? { status: "found", at: id } : { status: "absent" });
    } else if (digest.sha256 !== undefined) {
      const answer = single.get(digest.sha256) ?? (await bySha256(digest.sha256));
      single.set(digest.sha256, answer);
      answers.push(answer);
    } else answers.push(unknown("Software Heritage can be asked by gitBlob, swhid and sha256 alone"));
  }
  const place: LocatePlace = { kind: "software-heritage", at: swhAddress(context) };
  return { place: fault === undefined ? place : { ...place, fault }, answers };
}

function swhidOf({ digest }: WantedFile): string | undefined {
  if (digest.swhid?.startsWith("swh:1:cnt:") === true) return digest.swhid;
  return digest.gitBlob === undefined ? undefined : `swh:1:cnt:${digest.gitBlob}`;
}
