/**
 * What the Free Software Foundation has said of machine learning since October 2024. Its statement of criteria was not
 * published in what was read, so failures can be told and success can not. For parameters it "may require" a release
 * with permission to use, change and pass on; they are asked for here.
 */
import { every, inferenceCode, preprocessingCode, trainingCode, trainingData } from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const fsf: DefinitionFamily = {
  id: "fsf-position",
  name: "FSF's stated position",
  short: "FSF's position",
  version: "statements of 2024 and 2025",
  date: "2024-10-22",
  url: "https://www.fsf.org/news/fsf-is-working-on-freedom-in-machine-learning-applications",
  note: "the criteria themselves are not published: only failures can be told",
  unconfirmed: "whether criteria were published since the middle of 2026",
  definitions: [
    {
      id: "fsf-free-ml",
      name: "free machine learning application",
      requirements: [
        {
          id: "training-data",
          name: "training data",
          section: "statement of 22 October 2024",
          text: "all training data gives its users the four freedoms",
          test: trainingData("four-freedoms"),
        },
        {
          id: "processing-scripts",
          name: "data processing scripts",
          section: "statement of 22 October 2024",
          text: "the scripts that process the training data are free software",
          test: preprocessingCode("fsf-software"),
        },
        {
          id: "training-software",
          name: "training software",
          section: "statement of 22 October 2024",
          text: "the software that trains is free",
          test: trainingCode("fsf-software"),
        },
        {
          id: "inference-software",
          name: "inference software",
          section: "statement of 22 October 2024",
          text: "the software that runs the model is free",
          test: inferenceCode("fsf-software"),
        },
        {
          id: "parameters",
          name: "parameters",
          section: "statement of 22 October 2024, as a possible demand",
          text: "the parameters may be used, changed and passed on",
          test: every("weights", "four-freedoms"),
        },
        {
          id: "criteria",
          name: "the FSF's own criteria",
          section: "not published",
          text: "the criteria that the FSF is working on",
          test: { person: "by the criteria that the FSF has yet to publish" },
        },
      ],
    },
  ],
};
