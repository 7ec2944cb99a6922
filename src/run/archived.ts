import type { PieceJudgement } from "../judge/piece.ts";
import type { Try } from "../judge/try.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Piece } from "../model/manifest.ts";
import { findResolver } from "../resolve/registry.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import { areKnown, askToSave, type GitCommit, gitCommitOf } from "../resolve/swh-archived.ts";

/** A commit that some location of a piece stands for. */
export interface PieceCommit extends GitCommit {
  readonly piece: string;
  readonly location: number;
  readonly pointer: string;
  readonly uri: string;
  /** It is behind a login: no archive can visit it, and its name is nobody else's business. */
  readonly isGated: boolean;
}

/** The commits of a piece's locations, as far as they were found. */
export async function commitsOf(piece: Piece, pointer: string, tries: readonly Try[]): Promise<readonly PieceCommit[]> {
  const commits: PieceCommit[] = [];
  for (const { index, location, resolver, resolution } of tries) {
    if (resolver === undefined || resolution?.status !== "found") continue;
    const commit = gitCommitOf(resolver, (await findResolver(location))?.ref ?? null, resolution);
    const place = { piece: piece.id, location: index, pointer: `${pointer}/locations/${index}`, uri: location.uri };
    if (commit !== undefined) commits.push({ ...place, ...commit, isGated: resolution.gated !== undefined });
  }
  return commits;
}

/** A judged piece with the commits that an archive may be asked for. */
export type WithCommits = PieceJudgement & { readonly commits: readonly PieceCommit[] };

/**
 * Asks Software Heritage once for the commits of the whole release and adds what it says as notes: no outcome depends
 * on it.
 */
export async function withArchive(
  judged: readonly WithCommits[],
  context: ResolveContext,
  save: boolean,
  positioned: (found: Finding) => Finding,
): Promise<readonly PieceJudgement[]> {
  const commits = judged.flatMap((piece) => piece.commits);
  if (commits.length === 0) return judged;
  const known = await areKnown(
    commits.map(({ swhid }) => swhid),
    context,
  );
  const asked = new Map<string, Promise<SaveArgs>>();
  const findings = new Map<PieceCommit, Finding>();
  for (const commit of commits) {
    const { piece, location, pointer, uri, swhid } = commit;
    const place = { piece, location, pointer };
    if ("reason" in known) {
      const { reason, message: detail, retryAt } = known;
      const args = { uri, reason, detail, ...(retryAt === undefined ? {} : { retryAt }) };
      findings.set(commit, finding("archive-unknown", { ...place, args }));
    } else if (known.get(swhid) === true) {
      findings.set(commit, finding("location-archived", { ...place, args: { uri, swhid } }));
    } else {
      const saved = save ? await askOnce(commit, context, asked) : {};
      findings.set(commit, finding("location-unarchived", { ...place, args: { uri, swhid, ...saved } }));
    }
  }
  return judged.map((piece) => ({
    ...piece,
    findings: [...piece.findings, ...piece.commits.flatMap((commit) => findings.get(commit) ?? []).map(positioned)],
  }));
}

interface SaveArgs {
  readonly request?: string;
  readonly detail?: string;
}

/** A repository is asked for once, however many locations name it. */
async function askOnce(
  { origin, isGated }: PieceCommit,
  context: ResolveContext,
  asked: Map<string, Promise<SaveArgs>>,
): Promise<SaveArgs> {
  if (isGated) return { request: "not-asked", detail: "it is behind a gate, where no archive can visit it" };
  if (origin === undefined) return { request: "not-asked", detail: "it has no address that an archive could visit" };
  const earlier = asked.get(origin);
  if (earlier !== undefined) return earlier;
  const answer = askToSave(origin, context).then((told): SaveArgs => {
    if (told.status === "refused") return { request: told.reason, detail: told.message };
    return { request: told.request, ...(told.task === undefined ? {} : { detail: told.task }) };
  });
  asked.set(origin, answer);
  return answer;
}
