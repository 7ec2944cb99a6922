/** What to do about a refusal, where its reason asks for something else than asking the host again. */
import { type RefusalReason, refusalReasons } from "./evidence.ts";

const hints: { readonly [Reason in RefusalReason]?: string } = {
  "authentication-required": "provide credentials for the host, then check again",
  forbidden: "accept the host's terms or provide credentials for it, then check again",
  archived: "ask its owner to have it restored from the archive, then check again",
  permission: "give yourself permission to read it, then check again",
  "address-blocked": "add `--allow-private` if you trust this manifest and the address, then check again",
  "scheme-blocked": "ask the authors for an `https` address",
  "downgrade-blocked":
    "ask the authors for an address that stays on `https`, or add `--allow-downgrade` if a declared digest protects the bytes",
  "outside-blocked":
    "add `--allow-outside` if you trust this manifest with paths outside its folder; one from standard input has no folder, so name its file instead",
  offline: "check again without `--offline`",
  interrupted: "check again, and let the run come to its end",
  "name-not-resolved": "check the host's name in the manifest and your own network, then check again",
  tls: "check your machine's clock and its certificates; if they are right, ask the host's owners to mend theirs",
  "rate-limited": "check again later, and not before the time that the host names",
  "read-failed": "check the disk, then check again",
  "program-missing": "check that the program which is named is installed and in the `PATH`, then check again",
  "revision-unclear": "ask the authors for a whole commit id",
  "not-archived": "check the release by its manifest, so that its hosts are asked",
  "link-unfollowed": "name the file that the link leads to by its own path",
  "choice-needed": "name the one that is meant: its digest, or its platform as `?platform=os/architecture`",
  "too-large": "look at it by hand: it is larger than what is fetched",
};

/** Asking again does not help before somebody does something. */
const untilDone: ReadonlySet<RefusalReason> = new Set([
  "offline",
  "interrupted",
  "program-missing",
  "revision-unclear",
  "choice-needed",
  "link-unfollowed",
  "not-archived",
]);

/** The next step after a refusal for this reason; undefined where the usual one for its kind serves. */
export function refusalHint(reason: string): string | undefined {
  return isReason(reason) ? hints[reason] : undefined;
}

/** True where asking the host again later may help; what our own rules or the user refused stays refused. */
export function mayPass(reason: string): boolean {
  if (!isReason(reason) || untilDone.has(reason)) return false;
  return refusalReasons[reason] === "unreachable" || refusalReasons[reason] === "malformed";
}

/** What a listing's reader does, for a reason of any kind. */
export function listingHint(reason: string): string | undefined {
  if (reason === "format-unsupported") return "write the listing in the form `sha256sums`, `bagit` or `jsonl`";
  const own = refusalHint(reason);
  if (own !== undefined || !isReason(reason)) return own;
  return refusalReasons[reason] === "absent"
    ? "ask the authors for the listing, or correct its `uri`"
    : "check again later; if it stays so, ask the authors whether the host is still in use";
}

const isReason = (reason: string): reason is RefusalReason => Object.hasOwn(refusalReasons, reason);
