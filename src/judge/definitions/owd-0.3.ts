/**
 * The Open Weight Definition, draft 0.3: the ten points of the Open Source Definition over weights. Point 7 forbids that
 * anybody must execute an additional licence; a gate with terms to accept is one on a strict reading, which is taken here.
 */
import { every } from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const owd: DefinitionFamily = {
  id: "owd-0.3",
  name: "Open Weight Definition",
  short: "OWD 0.3",
  version: "0.3 (draft)",
  date: "2025-01-21",
  url: "https://github.com/OpenWeight/owd",
  definitions: [
    {
      id: "owd-0.3",
      name: "Open Weights",
      requirements: [
        {
          id: "availability",
          name: "weights for free download",
          section: "1, 2 and 7",
          text: "the final weights can be had at no more than the cost of copying, without an agreement beside the licence",
          test: every("weights"),
        },
        {
          id: "licence",
          name: "open licence on the weights",
          section: "1, 3, 5, 6, 8 and 9",
          text: "the licence lets anybody use, change and pass on the weights for any purpose",
          test: every("weights", "open"),
        },
        {
          id: "form",
          name: "usable form",
          section: "2",
          text: "the weights are in a form that a practitioner works with; quantised ones count only where they are told apart",
          test: {
            any: [
              every("weights", undefined, { format: "trainable" }),
              {
                person:
                  "whether the weights are in a form that practitioners use, and quantised ones are clearly told apart",
                given: every("weights", undefined, { format: "loadable" }),
              },
            ],
          },
        },
      ],
    },
  ],
};
