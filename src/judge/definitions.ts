/** Every published definition, and the verdicts on them. It takes no side: each is judged by its own text. */
import type { DefinitionResult, DefinitionVerdict, Holding, RequirementResult } from "../model/openness.ts";
import type { Definition, DefinitionFamily, Requirement } from "./definition.ts";
import { debianResolution } from "./definitions/debian-gr-2025.ts";
import { debianPolicy } from "./definitions/debian-ml-policy.ts";
import { euAiAct } from "./definitions/eu-ai-act.ts";
import { fsf } from "./definitions/fsf-position.ts";
import { g7 } from "./definitions/g7-2026.ts";
import { mofPaper } from "./definitions/mof-paper.ts";
import { motCode } from "./definitions/mot-code.ts";
import { osaid } from "./definitions/osaid-1.0.ts";
import { osdDataAsSource } from "./definitions/osd-data-as-source.ts";
import { owd } from "./definitions/owd-0.3.ts";
import { judgeTest, type Release } from "./requirement.ts";
import { factText, piecesOf, worstHolding } from "./standing.ts";

/** Every table, in the order in which reports have them. */
export const definitionFamilies: readonly DefinitionFamily[] = [
  osaid,
  g7,
  mofPaper,
  motCode,
  owd,
  osdDataAsSource,
  fsf,
  debianPolicy,
  debianResolution,
  euAiAct,
];

/** The verdict on every definition. */
export function judgeDefinitions(release: Release): readonly DefinitionResult[] {
  return definitionFamilies.flatMap((family) =>
    family.definitions.map((definition) => judgeDefinition(family, definition, release)),
  );
}

const verdictOf: { readonly [H in Holding]: DefinitionVerdict } = {
  verified: "satisfied-verified",
  declared: "satisfied-declared",
  person: "undetermined",
  unknown: "undetermined",
  no: "not-satisfied",
};

function judgeDefinition(family: DefinitionFamily, definition: Definition, release: Release): DefinitionResult {
  const requirements = definition.requirements.map((requirement) => judgeRequirement(requirement, release));
  const named = (holds: Holding): readonly string[] =>
    requirements.filter((one) => one.holds === holds).map(({ name }) => name);
  return {
    id: definition.id,
    name: definition.name,
    family: family.short,
    verdict: verdictOf[worstHolding(requirements.map(({ holds }) => holds))],
    missing: named("no"),
    judge: named("person"),
    untold: named("unknown"),
    title: family.name,
    version: family.version,
    date: family.date,
    url: family.url,
    ...(family.note === undefined ? {} : { note: family.note }),
    ...(family.unconfirmed === undefined ? {} : { unconfirmed: family.unconfirmed }),
    requirements,
  };
}

function judgeRequirement({ id, name, section, text, test }: Requirement, release: Release): RequirementResult {
  const { holds, facts } = judgeTest(test, release);
  return { id, name, section, text, holds, pieces: piecesOf(facts), facts: facts.map(factText) };
}
