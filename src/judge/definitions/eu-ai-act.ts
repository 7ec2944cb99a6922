/**
 * The conditions of Article 53(2) of the EU AI Act, under which two of the duties of providers of general-purpose models
 * do not apply. Recitals 102 to 104 and the Commission's guidelines of 18 July 2025 say what disqualifies: terms for
 * research or without commerce, a ban on passing on, a threshold of users, a commercial licence for some uses. Safeguards
 * against high-risk uses may be allowed where they are proportionate, so use policies are for a person; so is whether
 * money is made with it. The duties of 53(1)(c) and (d) stand in any case, and no model with systemic risk is excepted.
 */
import { every, some } from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const euAiAct: DefinitionFamily = {
  id: "eu-ai-act",
  name: "EU AI Act, open-source exception",
  short: "EU AI Act 53(2)",
  version: "Regulation (EU) 2024/1689",
  date: "2024-06-13",
  url: "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
  note: "says which conditions are met on the evidence, never that anybody is exempt; a copyright policy and a public summary of the training content stay due",
  definitions: [
    {
      id: "eu-ai-act-53-2",
      name: "conditions of Article 53(2)",
      requirements: [
        {
          id: "licence",
          name: "free and open-source licence",
          section: "Article 53(2), recital 102",
          text: "the licence allows access, use, change and distribution of the model",
          test: every("weights", "eu-free", { gate: "person" }),
        },
        {
          id: "parameters",
          name: "public parameters",
          section: "Article 53(2)",
          text: "the parameters, weights included, are public",
          test: every("weights", undefined, { gate: "person" }),
        },
        {
          id: "architecture",
          name: "public information on the architecture",
          section: "Article 53(2)",
          text: "information on the model's architecture is public",
          test: some(["model-architecture", "technical-report", "research-paper"], undefined, {
            within: ["model-card", "configuration", "inference-code", "training-code", "weights"],
          }),
        },
        {
          id: "usage",
          name: "public information on usage",
          section: "Article 53(2)",
          text: "information on how to use the model is public",
          test: some(["model-card"], undefined, {
            within: ["technical-report", "inference-code", "training-code", "weights", "other"],
          }),
        },
        {
          id: "monetisation",
          name: "no money for it",
          section: "Recital 103",
          text: "the model is given for no price, and for no other kind of payment",
          test: {
            person: "whether money is made with the model: a second licence, paid support, hosting, personal data",
          },
        },
        {
          id: "systemic-risk",
          name: "no systemic risk",
          section: "Article 53(2), Article 51",
          text: "the model has no systemic risk, which is presumed above 1e25 operations of training",
          test: { person: "whether the model has systemic risk" },
        },
      ],
    },
  ],
};
