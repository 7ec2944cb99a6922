/** What a release may be called, and what anybody can do with it, from the reports of its pieces. */
import type { LineageReport } from "../model/lineage.ts";
import type { Openness, OpennessFrame, OpennessSummary } from "../model/openness.ts";
import type { PieceReport } from "../model/report.ts";
import { judgeCapabilities } from "./capabilities.ts";
import { sectionFacts, sourceFacts } from "./data-information.ts";
import { judgeDataKinds } from "./data-kinds.ts";
import { judgeDefinitions } from "./definitions.ts";
import { estimateDimensions } from "./dimensions.ts";
import { labelOf } from "./label.ts";
import { factText } from "./standing.ts";

/** Judges a release by every definition. The same reports give the same judgement, whenever they were made. */
export function judgeOpenness(
  pieces: readonly PieceReport[],
  frame: OpennessFrame = {},
  lineage?: LineageReport,
): Openness {
  const release = { ...frame, pieces, lineage };
  return {
    label: labelOf(release),
    definitions: judgeDefinitions(release),
    data: judgeDataKinds(release),
    information:
      frame.information === undefined
        ? []
        : [...sectionFacts(frame.information), ...sourceFacts(frame.information)].map(factText),
    dimensions: estimateDimensions(release),
    capabilities: judgeCapabilities(release),
  };
}

/** What of a judgement stands in every report: reports name what decided, `judgeOpenness` says why. */
export function summarise({ label, definitions, data, capabilities }: Openness, frame: OpennessFrame): OpennessSummary {
  const { unasked = [], bases = [], information } = frame;
  return {
    label,
    definitions: definitions.map(({ id, name, family, verdict, missing, judge, untold }) => ({
      id,
      name,
      family,
      verdict,
      missing,
      judge,
      untold,
    })),
    data: data.map(({ piece, kind }) => ({ piece, kind })),
    capabilities: capabilities.map(({ id, answer, basis, pieces }) => ({ id, answer, basis, pieces })),
    ...(unasked.length === 0 ? {} : { unasked }),
    ...(bases.length === 0 ? {} : { bases }),
    ...(information === undefined ? {} : { information }),
  };
}
