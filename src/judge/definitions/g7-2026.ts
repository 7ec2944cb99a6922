/**
 * The four labels of the G7 Vision on AI Openness. It asks that components be "free of charge"; read strictly, with the
 * proposal that *available* means without an account and without a click, whatever stands behind a gate does not count.
 * That reading is taken for the three labels with an open licence. For Weights Available AI, whose licences have
 * restrictions that somebody must accept, a gate that lets everybody in counts, and one where somebody chooses is for a
 * person. Weights Available is the weakest label, and what has a better one is at least that.
 */
import { descriptions, every, inferenceCode, some, trainingCode, trainingData } from "../components.ts";
import type { DefinitionFamily, Requirement } from "../definition.ts";

const section = "labels";

const weights: Requirement = {
  id: "weights",
  name: "weights",
  section,
  text: "the weights, free of charge, under an open source licence",
  test: every("weights", "osi"),
};
const deployment: Requirement = {
  id: "deployment-code",
  name: "deployment code",
  section,
  text: "the code that runs the model, free of charge, under an open source licence",
  test: inferenceCode("osi"),
};
const training: Requirement = {
  id: "training-code",
  name: "training code",
  section,
  text: "the code that trained the model, free of charge, under an open source licence",
  test: trainingCode("osi"),
};
const data: Requirement = {
  id: "training-data",
  name: "training data",
  section,
  text: "all training data, free of charge, under an open licence",
  test: trainingData("open-content"),
};

export const g7: DefinitionFamily = {
  id: "g7-2026",
  name: "G7 Vision on AI Openness",
  short: "G7 2026",
  version: "Paris 2026",
  date: "2026-05-29",
  url: "https://g7.utoronto.ca/ict/260529-vision.html",
  note: "a vision without binding force; that the declared datasets are all that was used is the release's word",
  definitions: [
    {
      id: "g7-open-source-ai-open-data",
      name: "Open Source AI with Open Data",
      requirements: [weights, deployment, training, data],
    },
    {
      id: "g7-open-source-ai",
      name: "Open Source AI",
      requirements: [
        weights,
        deployment,
        training,
        {
          id: "training-data",
          name: "training data or a reason",
          section,
          text: "the training data under an open licence, except what can not be shared for legal or technical reasons that are told",
          test: { absencesReasoned: { kinds: ["dataset"], license: "open-content", whole: true } },
        },
        {
          id: "data-information",
          name: "data information",
          section,
          text: "information about the training data that is not there",
          test: {
            any: [
              trainingData("open-content"),
              {
                person: "whether the description covers the training data that is not there",
                given: some(descriptions, "open-content"),
                informed: "sections",
              },
            ],
          },
        },
      ],
    },
    { id: "g7-open-weights-ai", name: "Open Weights AI", requirements: [weights, deployment] },
    {
      id: "g7-weights-available-ai",
      name: "Weights Available AI",
      requirements: [
        {
          id: "weights",
          name: "weights",
          section,
          text: "the weights, free of charge, under a licence that may have restrictions",
          test: every("weights", "granted", { gate: "automatic" }),
        },
        {
          id: "deployment-code",
          name: "deployment code",
          section,
          text: "the code that runs the model, free of charge, under a licence that may have restrictions",
          test: every("inference-code", "granted", { gate: "automatic", within: ["training-code"] }),
        },
      ],
    },
  ],
};
