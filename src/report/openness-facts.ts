/** What a release may be called as short phrases, for every reporter. They hold no foreign text. */
import {
  type CapabilityAnswer,
  type CapabilitySummary,
  capabilityNames,
  type DefinitionSummary,
  type DefinitionVerdict,
  type OpennessSummary,
} from "../model/openness.ts";

/** Requirements that one phrase names. */
const NAMED_MAX = 3;

/** What to run for the reasons. */
export const OPENNESS_MORE = "`wholesource openness` says what each verdict rests on";

const SATISFIED: { readonly [V in DefinitionVerdict]?: string } = {
  "satisfied-verified": "satisfied, verified",
  "satisfied-declared": "satisfied, as declared only",
};

/** `satisfied, verified` · `not satisfied: lacks weights` · `undetermined, for a person: data information`. */
export function verdictPhrase({ verdict, missing, judge, untold }: Judged): string {
  const satisfied = SATISFIED[verdict];
  if (satisfied !== undefined) return satisfied;
  if (verdict === "not-satisfied") return `not satisfied: lacks ${some(missing)}`;
  return [
    "undetermined",
    ...(judge.length === 0 ? [] : [`for a person: ${some(judge)}`]),
    ...(untold.length === 0 ? [] : [`could not be told: ${some(untold)}`]),
  ].join(", ");
}

type Judged = Pick<DefinitionSummary, "verdict" | "missing" | "judge" | "untold">;

function some(names: readonly string[]): string {
  const left = names.length - NAMED_MAX;
  // One more name takes no more room than saying that there is one more.
  if (left <= 1) return names.join(", ");
  return `${names.slice(0, NAMED_MAX).join(", ")} and ${left} more`;
}

/** The definitions of one published text. */
export interface FamilyLine<Definition extends DefinitionSummary = DefinitionSummary> {
  readonly family: string;
  readonly definitions: readonly Definition[];
  /** The one or two that tell how far the release comes: the best that it satisfies, and the next above that. */
  readonly told: readonly Definition[];
  readonly text: string;
}

/** One line for each published text, in the report's order. */
export function familyLines<Definition extends DefinitionSummary>(
  definitions: readonly Definition[],
): readonly FamilyLine<Definition>[] {
  const families = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const family = families.get(definition.family) ?? [];
    families.set(definition.family, family);
    family.push(definition);
  }
  return [...families].map(([family, members]) => {
    const told = toldOf(members);
    const isOne = members.length === 1;
    const text = told.map((one) => (isOne ? verdictPhrase(one) : `${one.name}: ${verdictPhrase(one)}`)).join("; ");
    return { family, definitions: members, told, text };
  });
}

/** Members stand from the most to the least demanding. */
function toldOf<Definition extends DefinitionSummary>(members: readonly Definition[]): readonly Definition[] {
  const best = members.findIndex(({ verdict }) => SATISFIED[verdict] !== undefined);
  const above = best < 0 ? members : members.slice(0, best);
  const open = above.find(({ verdict }) => verdict === "undetermined") ?? above.at(-1);
  return [...members.slice(best < 0 ? members.length : best).slice(0, 1), ...(open === undefined ? [] : [open])];
}

interface AnswerLine {
  readonly answer: CapabilityAnswer;
  /** Only what rests on somebody's word, or only what does not. */
  readonly isDeclared?: boolean;
  readonly words: string;
}

const ANSWERS: readonly AnswerLine[] = [
  { answer: "yes", isDeclared: false, words: "you can" },
  { answer: "yes", isDeclared: true, words: "as declared" },
  { answer: "partly", words: "in part" },
  { answer: "no", words: "you cannot" },
  { answer: "undetermined", words: "not told" },
];

/** `you can` and what, for each answer that occurs. */
export function capabilityLines(
  capabilities: readonly CapabilitySummary[],
): readonly { readonly answer: string; readonly text: string }[] {
  return ANSWERS.flatMap(({ answer, isDeclared, words }) => {
    const those = capabilities.filter(
      (one) => one.answer === answer && (isDeclared === undefined || isDeclared === (one.basis === "declared")),
    );
    return those.length === 0 ? [] : [{ answer: words, text: those.map(({ id }) => capabilityNames[id]).join(", ") }];
  });
}

/** The verdict on a claim in a word. */
export function claimPhrase(claim: string, openness: OpennessSummary | undefined): string {
  if (openness === undefined) return "not judged";
  const verdict = openness.definitions.find(({ id }) => id === claim)?.verdict;
  if (verdict === undefined) return "not known here";
  return SATISFIED[verdict] ?? (verdict === "not-satisfied" ? "not satisfied" : "undetermined");
}

/** Said in place of verdicts where only some pieces were asked for. */
export function unaskedText({ unasked = [] }: OpennessSummary): string | undefined {
  if (unasked.length === 0) return undefined;
  return "definitions are judged on whole releases: run without `--piece` to have them judged";
}
