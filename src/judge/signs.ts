import type { HostSign } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Place } from "./refusals.ts";

/** Signs of one location that are told; a repository can have any number of submodules. */
const SIGNS_TOLD_MAX = 20;

/** What a host said beside its files, as findings: none of it changes what the bytes are. */
export function judgeSigns(place: Place, uri: string, signs: readonly HostSign[] = []): Finding[] {
  return signs.slice(0, SIGNS_TOLD_MAX).map((sign) => signFinding(place, uri, sign));
}

function signFinding(place: Place, uri: string, { code, at = "", detail }: HostSign): Finding {
  switch (code) {
    case "archive-unstable":
      return finding("location-archive-unstable", { ...place, args: { uri, detail } });
    case "deprecated":
      return finding("location-deprecated", { ...place, args: { uri, detail } });
    case "renamed":
      return finding("location-renamed", { ...place, args: { uri, at, detail } });
    case "submodule":
      return finding("location-submodule", { ...place, args: { uri, at, detail } });
    case "tag-moved":
      return finding("location-tag-moved", { ...place, args: { uri, at, detail } });
    case "tag-signed":
      return finding("location-tag-signed", { ...place, args: { uri, at, detail } });
    case "version-chosen":
      return finding("location-version-chosen", { ...place, args: { uri, at, detail } });
    case "yanked":
      return finding("location-yanked", { ...place, args: { uri, detail } });
  }
}
