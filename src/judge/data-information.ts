/**
 * Training data that is described in place of being shipped: which topics its descriptions have headings for, and which
 * of the sources that they list are there. A heading is no information and its want no proof that there is none: whether
 * the description is enough a person must judge, with these facts at hand.
 */
import {
  type CardHeading,
  type CardSeen,
  type DataDescription,
  type DataInformation,
  type DataSource,
  type DataTopic,
  dataTopicNames,
  dataTopics,
  type TopicSeen,
} from "../model/described.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Manifest, PieceKind } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { PieceReport } from "../model/report.ts";
import type { Fact } from "./standing.ts";
import { quoted } from "./standing.ts";

/** What was read of one piece: facts only. */
export interface DescribedSeen {
  readonly piece: string;
  readonly cards: readonly CardSeen[];
}

/** One listed source as it was asked for; `uri` as the description has it. */
export type AskedSource = Pick<DataSource, "uri" | "state" | "detail">;

/** Kinds of pieces that are there to describe. */
export const describingKinds: ReadonlySet<PieceKind> = new Set(["data-card", "technical-report", "research-paper"]);

/** True where training data is described and not all of it shipped: only then is the description held to anything. */
export function isDescribed(pieces: readonly Pick<PieceReport, "kind" | "outcome">[]): boolean {
  const data = pieces.filter(({ kind }) => kind === "dataset");
  const isShipped = data.length > 0 && data.every(({ outcome }) => outcome === "verified" || outcome === "resolved");
  return !isShipped && (data.length > 0 || pieces.some(({ kind }) => describingKinds.has(kind)));
}

/** The texts that describe the data, in manifest order; a model card only where nothing else was read. */
export function describingCards(
  pieces: readonly Pick<PieceReport, "id" | "kind">[],
  seen: readonly DescribedSeen[],
): readonly (CardSeen & { readonly piece: string })[] {
  const cardsOf = (fits: (kind: PieceKind) => boolean): readonly (CardSeen & { readonly piece: string })[] =>
    pieces
      .filter(({ kind }) => fits(kind))
      .flatMap(({ id }) =>
        seen.filter(({ piece }) => piece === id).flatMap(({ cards }) => cards.map((card) => ({ ...card, piece: id }))),
      );
  const own = cardsOf((kind) => kind === "dataset" || describingKinds.has(kind));
  const ofModel = own.length > 0 ? own : cardsOf((kind) => kind === "model-card");
  return ofModel.length > 0 ? ofModel : cardsOf((kind) => kind === "weights");
}

/** Puts together what the descriptions have and what became of their sources. */
export function informationOf(
  pieces: readonly PieceReport[],
  seen: readonly DescribedSeen[],
  asked: readonly AskedSource[],
): DataInformation | undefined {
  if (!isDescribed(pieces)) return undefined;
  const cards = describingCards(pieces, seen);
  const read = new Set(cards.map(({ piece }) => piece));
  const unread = pieces
    .filter(({ id, kind, outcome }) => describingKinds.has(kind) && !read.has(id) && outcome !== "withheld")
    .map(({ id }): DataDescription => ({ piece: id, topics: [] }));
  const descriptions = cards
    .filter(({ headings, sources }) => headings.length > 0 || sources.length > 0)
    .map((card): DataDescription => ({ piece: card.piece, path: card.path, topics: topicsOf(card) }));
  const listed = new Map<string, { readonly card: CardSeen & { readonly piece: string }; readonly at: number }>();
  for (const card of cards)
    for (const [at, { uri }] of card.sources.entries()) if (!listed.has(uri)) listed.set(uri, { card, at });
  const answers = new Map(asked.map((one) => [one.uri, one]));
  const sources = [...listed].flatMap(([uri, { card, at }]): DataSource[] => {
    const [answer, source] = [answers.get(uri), card.sources[at]];
    if (answer === undefined || source === undefined) return [];
    const { state, detail } = answer;
    const place = { piece: card.piece, path: card.path, line: source.line, by: source.by };
    return [{ uri: redactLocation(uri), ...place, state, ...(detail === undefined ? {} : { detail }) }];
  });
  return { descriptions: [...descriptions, ...unread], sources, sourcesUnasked: listed.size - sources.length };
}

/** The listed sources that are gone. What merely did not answer is none of them. */
export function judgeSources({ sources }: DataInformation, { pieces }: Pick<Manifest, "pieces">): readonly Finding[] {
  return sources
    .filter(({ state }) => state === "gone")
    .map(({ uri, piece, path, line, detail = "" }) => {
      const index = pieces.findIndex(({ id }) => id === piece);
      return finding("data-source-dead", {
        piece,
        pointer: `/pieces/${index}`,
        args: { source: uri, path, at: line, detail },
      });
    });
}

/** Words of headings, by topic; matched in small letters. Ours: no definition has such a list. */
const wordsOf: { readonly [Topic in DataTopic]: RegExp } = {
  provenance: /\b(?:provenance|origins?|source (?:data|language)|(?:data|training|corpus)? ?sources?|motivation)\b/,
  scope:
    /\b(?:scope|composition|characteristics|statistics|languages?|size|(?:data|dataset) (?:summary|description|structure|details|overview|instances|fields|splits)|instances? (?:that|are)|training data|contents?)\b/,
  selection:
    /\b(?:collection|collected|collecting|acquired|acquisition|curation|selection|selected|sampling|sampled|gathered|gathering|crawl\w{0,5}|obtained)\b/,
  labelling: /\b(?:annotat\w{1,6}|label(?:l?ing|l?ed|s)?|rating|raters)\b/,
  processing:
    /\b(?:filter\w{0,4}|pre-?process\w{0,4}|processing|processed|clean\w{0,4}|de-?dup\w{0,12}|normali[sz]ation|decontamination|tokeni[sz]ation)\b/,
  "public-sources":
    /\b(?:public(?:ly available)? (?:data|datasets?|sources?|corpora)|data ?sets? used|data sources|source datasets?)\b/,
  "third-party-sources":
    /\b(?:third[- ]part(?:y|ies)|licen[sc]ed data|purchased|commercial(?:ly)? (?:data|licen[sc]ed)|proprietary data|(?:data )?access|availability|obtain(?:ing)?|distribution)\b/,
};
/** Headings that a topic's words occur in with another meaning. */
const elsewhere =
  /\bsource code\b|\bopen[- ]source\b|^dataset sources\b|\b(?:bias|risk|limitation|licen[sc]e|citation)\w{0,5}\b/g;

function topicsOf({ headings, sources }: CardSeen): readonly TopicSeen[] {
  return dataTopics.map((topic): TopicSeen => {
    const fitting = headings.filter(({ text }) => wordsOf[topic].test(text.toLowerCase().replace(elsewhere, " ")));
    const found = fitting.find(({ filled }) => filled) ?? fitting[0];
    if (found !== undefined && (found.filled || topic !== "public-sources" || sources.length === 0))
      return { topic, state: found.filled ? "filled" : "empty", ...placeOf(found) };
    const [first] = sources;
    if (topic !== "public-sources" || first === undefined) return { topic, state: "lacking" };
    return { topic, state: "filled", line: first.line };
  });
}

function placeOf({ text, line }: CardHeading): Pick<TopicSeen, "heading" | "line"> {
  return { heading: text, line };
}

/** What the descriptions have headings for, as facts. */
export function sectionFacts({ descriptions }: DataInformation): readonly Fact[] {
  return descriptions.flatMap(({ piece, path, topics }): Fact[] => {
    if (path === undefined) return [{ piece, says: "was not read for its headings" }];
    const named = (state: TopicSeen["state"]): string =>
      topics
        .filter((one) => one.state === state)
        .map(({ topic }) => dataTopicNames[topic])
        .join(", ");
    const [filled, empty, lacking] = [named("filled"), named("empty"), named("lacking")];
    const of = ` in ${quoted(path)}`;
    return [
      ...(filled === "" ? [] : [{ piece, says: `has text${of} on: ${filled}` }]),
      ...(empty === "" ? [] : [{ piece, says: `has a heading with nothing below it${of} for: ${empty}` }]),
      ...(lacking === "" ? [] : [{ piece, says: `has no heading${of} for: ${lacking}` }]),
    ];
  });
}

/** Sources that are named one by one when they are not plainly there. */
const NAMED_MAX = 5;

/** What became of the listed sources, as facts. */
export function sourceFacts({ descriptions, sources, sourcesUnasked }: DataInformation): readonly Fact[] {
  if (descriptions.every(({ path }) => path === undefined)) return [];
  const all = sources.length + sourcesUnasked;
  if (all === 0) return [{ says: "no source of the training data is listed where a program finds it" }];
  const counted = (state: DataSource["state"]): number => sources.filter((one) => one.state === state).length;
  const says = [
    `${counted("resolves")} of ${all} listed ${all === 1 ? "source resolves" : "sources resolve"}`,
    ...(["gated", "gone", "undetermined"] as const).flatMap((state) => {
      const count = counted(state);
      return count === 0 ? [] : [`${count} ${stateWords[state]}`];
    }),
    ...(sourcesUnasked === 0 ? [] : [`${sourcesUnasked} not asked for`]),
  ].join(", ");
  const notThere = sources.filter(({ state }) => state !== "resolves");
  return [
    { says },
    ...notThere.slice(0, NAMED_MAX).map(({ piece, uri, path, line, state, detail }): Fact => {
      const why = detail === undefined ? "" : ` (${quoted(detail)})`;
      return { piece, says: `lists ${quoted(uri)} in ${quoted(path)}, line ${line}, which ${stateVerbs[state]}${why}` };
    }),
  ];
}

const stateWords = { gated: "behind a gate", gone: "gone", undetermined: "could not be told" } as const;
const stateVerbs = {
  resolves: "resolves",
  gated: "is behind a gate",
  gone: "is gone",
  undetermined: "could not be told",
} as const;
