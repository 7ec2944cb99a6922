/**
 * The Open Source AI Definition 1.0 of the Open Source Initiative. The checklist that goes with it asks for components
 * by name ("all" of the code); the text itself says "if used". The text decides here: what was perhaps never used is for
 * a person. An earlier checklist (0.0.9) took the datasets, a paper, a report or a data card as data information, at
 * least one of them; the final one asks only that the definition be met, and how detailed is detailed enough is not
 * something that evidence answers.
 */
import {
  architecture,
  descriptions,
  every,
  inferenceCode,
  preprocessingCode,
  some,
  trainingCode,
} from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const osaid: DefinitionFamily = {
  id: "osaid-1.0",
  name: "Open Source AI Definition",
  short: "OSAID 1.0",
  version: "1.0",
  date: "2024-10-28",
  url: "https://opensource.org/ai/open-source-ai-definition",
  note: "the Open Source Initiative certifies no systems; whether data information is sufficient is left to a person",
  definitions: [
    {
      id: "osaid-1.0",
      name: "Open Source AI",
      requirements: [
        {
          id: "data-information",
          name: "data information",
          section: "Data Information",
          text: "all training data is described, under open terms, so well that a skilled person could build a substantially equivalent system",
          test: {
            person: "whether the training data is described well enough to build an equivalent system",
            given: { any: [some(descriptions, "open-content"), every("dataset", "open-content", { whole: true })] },
            informed: "sections",
          },
        },
        {
          id: "data-listing",
          name: "where the data can be had",
          section: "Data Information, (2) and (3)",
          text: "training data that is public or can be had from others is listed with where to get it",
          test: {
            any: [
              every("dataset", undefined, { whole: true, gate: "counts" }),
              {
                person: "whether all public and obtainable training data is listed with where to get it",
                given: some([...descriptions, "dataset"]),
                informed: "sources",
              },
            ],
          },
        },
        {
          id: "code-training",
          name: "training code",
          section: "Code",
          text: "the whole source code that trained the system, with its settings, under OSI-approved licences",
          test: trainingCode("osi"),
        },
        {
          id: "code-processing",
          name: "data processing code",
          section: "Code",
          text: "the code that processed and filtered the data, if any was used, under OSI-approved licences",
          test: preprocessingCode("osi"),
        },
        {
          id: "code-testing",
          name: "validation and testing code",
          section: "Code",
          text: "the code that validated and tested the system, if any was used, under OSI-approved licences",
          test: every("evaluation-code", "osi", { within: ["training-code"], ifUsed: true }),
        },
        {
          id: "code-libraries",
          name: "supporting libraries",
          section: "Code",
          text: "supporting libraries such as tokenizers, if any were used, under OSI-approved licences",
          test: {
            component: { kinds: ["libraries", "tokenizer"], license: "osi", within: ["training-code"], ifUsed: true },
          },
        },
        {
          id: "code-inference",
          name: "inference code",
          section: "Code",
          text: "the code that runs the system, under OSI-approved licences",
          test: inferenceCode("osi"),
        },
        {
          id: "code-architecture",
          name: "model architecture",
          section: "Code",
          text: "the model's architecture, under OSI-approved licences",
          test: architecture("osi"),
        },
        {
          id: "parameters",
          name: "parameters",
          section: "Parameters",
          text: "the parameters, under OSI-approved terms; by which legal means is left open",
          test: every("weights", "osi-terms"),
        },
      ],
    },
  ],
};
