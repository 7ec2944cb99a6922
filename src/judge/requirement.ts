/** Judges what a requirement asks of a release. Pure; three-valued: a question that nobody answered is never a no. */

import type { LineageReport } from "../model/lineage.ts";
import type { PieceKind } from "../model/manifest.ts";
import type { Holding, OpennessFrame, UnaskedPiece } from "../model/openness.ts";
import type { PieceReport } from "../model/report.ts";
import { sectionFacts, sourceFacts } from "./data-information.ts";
import type { Component, Test } from "./definition.ts";
import { judgePassOn } from "./pass-on.ts";
import { bestHolding, type Fact, quoted, type Standing, standingOf, worstHolding } from "./standing.ts";

/** What judgements are made from. */
export interface Release extends OpennessFrame {
  readonly pieces: readonly PieceReport[];
  /** What it was made from, where anybody said so. */
  readonly lineage?: LineageReport | undefined;
}

/** Judges one test. */
export function judgeTest(test: Test, release: Release): Standing {
  if ("component" in test) return judgeComponent(test.component, release);
  if ("all" in test) return together(test.all.map((each) => judgeTest(each, release)));
  if ("any" in test) return oneOf(test.any.map((each) => judgeTest(each, release)));
  if ("passOn" in test) return judgePassOn(release.pieces, release.lineage);
  if ("absencesReasoned" in test) return judgeAbsences(test.absencesReasoned, release);
  const given = test.given === undefined ? undefined : judgeTest(test.given, release);
  if (given?.holds === "no" || given?.holds === "unknown") return given;
  const { information } = release;
  const tell = test.informed === "sections" ? sectionFacts : sourceFacts;
  const told = information === undefined || test.informed === undefined ? [] : tell(information);
  return { holds: "person", facts: [...(given?.facts ?? []), ...told, { says: `a person must judge ${test.person}` }] };
}

/** True where something holds, be it by somebody's word. */
export const isMet = (holds: Holding): boolean => holds === "verified" || holds === "declared";

/** All must hold: the worst decides, and only what decided is told. */
function together(standings: readonly Standing[]): Standing {
  const holds = worstHolding(standings.map((standing) => standing.holds));
  const deciding = isMet(holds) ? standings : standings.filter((standing) => standing.holds === holds);
  return { holds, facts: once(deciding.flatMap(({ facts }) => facts)) };
}

/** One is enough: the first of the best is told; where none holds, all of them. */
function oneOf(standings: readonly Standing[]): Standing {
  const holds = bestHolding(standings.map((standing) => standing.holds));
  const best = standings.filter((standing) => standing.holds === holds);
  return { holds, facts: once((isMet(holds) ? best.slice(0, 1) : best).flatMap(({ facts }) => facts)) };
}

function once(facts: readonly Fact[]): readonly Fact[] {
  const seen = new Set<string>();
  return facts.filter(({ piece = "", says }) => {
    const key = `${piece} ${says}`;
    return !seen.has(key) && seen.add(key);
  });
}

function judgeComponent(component: Component, release: Release): Standing {
  const { kinds, quantity = "every" } = component;
  const standings = [
    ...ofKinds(release.pieces, kinds)
      .filter(fits(component))
      .map((piece) => standingOf(piece, component)),
    ...ofKinds(release.unasked ?? [], kinds).map(unasked),
  ];
  const own =
    standings.length === 0 ? undeclared(component, release) : (quantity === "some" ? oneOf : together)(standings);
  return component.whole === true && isMet(own.holds) ? withBases(own, release) : own;
}

const ofKinds = <Each extends { readonly kind: PieceKind }>(
  pieces: readonly Each[],
  kinds: readonly PieceKind[],
): readonly Each[] => pieces.filter(({ kind }) => kinds.includes(kind));

const packages: ReadonlySet<string> = new Set(["npm", "pypi", "oci"]);

function fits({ file, packaged }: Component): (piece: PieceReport) => boolean {
  return ({ files, locations, location = 0 }) => {
    if (packaged === true && !packages.has(locations[location]?.resolver ?? "")) return false;
    return file === undefined || files.some(({ path, presence }) => presence === "present" && file.test(path));
  };
}

function unasked({ id, availability }: UnaskedPiece): Standing {
  if (availability === "withheld") return { holds: "no", facts: [{ piece: id, says: "is withheld" }] };
  return { holds: "unknown", facts: [{ piece: id, says: "was not asked for in this run" }] };
}

/** No piece of these kinds: what another one may hold is for a person, and so is whether there ever was one. */
function undeclared(component: Component, release: Release): Standing {
  const { kinds, within = [], ifUsed } = component;
  const kind = kinds.map(quoted).join(" or ");
  const says = component.file === undefined ? `no piece of kind ${kind} is declared` : `no such file is in ${kind}`;
  if (ifUsed === true && kinds.every((each) => intoWeights.has(each))) {
    const closed = builtFrom(release, kinds);
    if (closed !== undefined) return closed;
  }
  const { ifUsed: _used, within: _within, ...rest } = component;
  const holders =
    within.length === 0 ? undefined : judgeComponent({ ...rest, kinds: within, quantity: "some" }, release);
  if (holders !== undefined && (isMet(holders.holds) || holders.holds === "person")) {
    const may = `may hold it, which a person must judge: ${says}`;
    return {
      holds: "person",
      facts: holders.facts.flatMap(({ piece }) => (piece === undefined ? [] : [{ piece, says: may }])),
    };
  }
  if (ifUsed === true)
    return { holds: "person", facts: [{ says: `${says}; a person must judge whether one was used` }] };
  if (holders?.holds === "unknown") return { holds: "unknown", facts: [...holders.facts, { says }] };
  return { holds: "no", facts: [{ says }] };
}

/** Kinds that weights are built from; code that tries them out is not. */
const intoWeights: ReadonlySet<PieceKind> = new Set([
  "dataset",
  "data-preprocessing-code",
  "training-code",
  "tokenizer",
  "configuration",
  "libraries",
]);

/** Where the weights say what they were built from, and no such piece is among it, the release says that none was used. */
function builtFrom({ pieces }: Release, kinds: readonly PieceKind[]): Standing | undefined {
  const weights = pieces.filter(({ kind }) => kind === "weights");
  if (weights.length === 0 || !weights.every(({ builtFrom: from = [] }) => from.length > 0)) return undefined;
  const says = `declares what it was built from, and nothing of kind ${kinds.map(quoted).join(" or ")} is among it`;
  return { holds: "declared", facts: weights.map(({ id }) => ({ piece: id, says })) };
}

function withBases(own: Standing, { bases = [] }: Release): Standing {
  if (bases.length === 0) return own;
  const says = `a person must judge what the release was made from (${bases.map(quoted).join(", ")}): it went into the weights as well`;
  return { holds: "person", facts: [...own.facts, { says }] };
}

/** Datasets are there and open, or are not there for a reason that is told. Whether the reason is a good one, a person must say. */
function judgeAbsences(component: Component, release: Release): Standing {
  const pieces = ofKinds(release.pieces, component.kinds);
  const standings = [
    ...pieces.map((piece): Standing => {
      const standing = standingOf(piece, component);
      const isAbsent = piece.outcome === "withheld" || piece.outcome === "gated";
      if (!isAbsent || isMet(standing.holds)) return standing;
      const { id, availabilityReason: reason } = piece;
      if (reason === undefined)
        return { holds: "no", facts: [{ piece: id, says: "is not free, and no reason is given" }] };
      const says = `is not free, because of ${quoted(reason)}: a person must judge whether the law or technique forbids sharing it`;
      return { holds: "person", facts: [{ piece: id, says }] };
    }),
    ...ofKinds(release.unasked ?? [], component.kinds).map(unasked),
  ];
  const own = standings.length === 0 ? undeclared(component, release) : together(standings);
  return component.whole === true && isMet(own.holds) ? withBases(own, release) : own;
}
