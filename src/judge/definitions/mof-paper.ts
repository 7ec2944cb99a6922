/**
 * The Model Openness Framework as its paper has it. It lets datasets be under any licence or none; the tool (see
 * `mot-code.ts`) counts a dataset only under an open one. Its framework speaks of 16 components and its schema of 17; the
 * required ones are the same. Where licences for parameters and documents are named, the rows follow what is quoted of
 * the paper's table 2. Unlike both, a component counts here only when its piece resolves.
 */
import type { DefinitionFamily } from "../definition.ts";
import { mofClasses } from "../mof-components.ts";

export const mofPaper: DefinitionFamily = {
  id: "mof-paper",
  name: "Model Openness Framework, by its paper",
  short: "MOF (paper)",
  version: "1.0",
  date: "2024-03",
  url: "https://arxiv.org/abs/2403.13784",
  unconfirmed: "the licences for code, parameters and documents in its table 2, which were not all at hand",
  definitions: mofClasses("mof", { code: "osi", data: "open-content", document: "open-content", dataset: undefined }),
};
