/**
 * The Model Openness Framework as its tool computes it: one list of open licences for every component, datasets too.
 * The tool compares identifiers as text and spells PDDL-1.0 otherwise, so that licence never counts; licences that do not
 * suit a component's type only warn there and are not told apart here. It believes what is declared; here the piece
 * must resolve, and a licence that is merely declared is called so.
 */
import type { DefinitionFamily } from "../definition.ts";
import { mofClasses } from "../mof-components.ts";

export const motCode: DefinitionFamily = {
  id: "mot-code",
  name: "Model Openness Framework, by its tool",
  short: "MOF (tool)",
  version: "its code as of 2026",
  date: "2024-06",
  url: "https://github.com/lfai/model_openness_tool",
  unconfirmed:
    "changes to its lists of licences after the code that was read; the date is that of its first public version",
  definitions: mofClasses("mot", { code: "mot-open", data: "mot-open", document: "mot-open", dataset: "mot-open" }),
};
