/**
 * The Open Source Definition with the training data as source, as its author and the drafters of the Open Weight
 * Definition read it: software and training data are both what point 2 calls source code. The rule table that we
 * followed names no weights; they are asked for here as the form that is distributed, because sources alone are no model.
 */
import { architecture, every, inferenceCode, preprocessingCode, trainingCode, trainingData } from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const osdDataAsSource: DefinitionFamily = {
  id: "osd-data-as-source",
  name: "Open Source Definition, data as source",
  short: "OSD, data too",
  version: "1.9",
  date: "2007-03-22",
  url: "https://opensource.org/osd",
  note: "a reading of the definition, which its keeper does not share",
  definitions: [
    {
      id: "osd-data-as-source",
      name: "open source, training data included",
      requirements: [
        {
          id: "data",
          name: "training data",
          section: "2, source code",
          text: "all training data, without a fee, under open source or open data licences",
          test: trainingData("open-content"),
        },
        {
          id: "training-code",
          name: "training code",
          section: "2, source code",
          text: "the training program under OSI-approved licences",
          test: trainingCode("osi"),
        },
        {
          id: "processing-code",
          name: "data processing code",
          section: "2, source code",
          text: "the program that prepared the data, if any, under OSI-approved licences",
          test: preprocessingCode("osi"),
        },
        {
          id: "inference-code",
          name: "inference code",
          section: "2, source code",
          text: "the program that runs the model under OSI-approved licences",
          test: inferenceCode("osi"),
        },
        {
          id: "architecture",
          name: "model architecture",
          section: "2, source code",
          text: "the model's architecture under OSI-approved licences",
          test: architecture("osi"),
        },
        {
          id: "weights",
          name: "weights",
          section: "1, 2 and 3",
          text: "the weights, without a fee, under an open licence",
          test: every("weights", "open"),
        },
      ],
    },
  ],
};
