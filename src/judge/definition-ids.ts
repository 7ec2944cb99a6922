/**
 * What a manifest may write under `claims`: the ids of all definitions, in the order in which reports have them. Apart
 * from their tables, which a check of a manifest's text has no use for.
 */
export const definitionIds: readonly string[] = [
  "osaid-1.0",
  "g7-open-source-ai-open-data",
  "g7-open-source-ai",
  "g7-open-weights-ai",
  "g7-weights-available-ai",
  "mof-class-1",
  "mof-class-2",
  "mof-class-3",
  "mot-class-1",
  "mot-class-2",
  "mot-class-3",
  "owd-0.3",
  "osd-data-as-source",
  "fsf-free-ml",
  "debian-free-model",
  "debian-toxic-candy",
  "debian-gr-2025-a",
  "eu-ai-act-53-2",
];
