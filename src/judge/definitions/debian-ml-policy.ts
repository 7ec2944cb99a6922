/**
 * The classes of the Deep Learning Team's ML-Policy at Debian, which is unofficial; its wording was not at hand, only
 * what mails of the list repeat. One of them says that a model whose training nobody repeated must be treated as a
 * ToxicCandy Model; here the rebuild is left to a person. A model that is not even the latter is a Non-free Model.
 */
import { every, trainingCode, trainingData } from "../components.ts";
import type { DefinitionFamily, Requirement } from "../definition.ts";

const weights: Requirement = {
  id: "weights",
  name: "freely licensed weights",
  section: "Non-free Model",
  text: "the weights are under a licence that Debian's Free Software Guidelines allow",
  test: every("weights", "dfsg"),
};

export const debianPolicy: DefinitionFamily = {
  id: "debian-ml-policy",
  name: "Debian ML-Policy (unofficial)",
  short: "Debian ML-Policy",
  version: "draft of 2019, as mails repeat it",
  date: "2019-05",
  url: "https://salsa.debian.org/deeplearning-team/ml-policy",
  note: "what is neither class is a Non-free Model; the policy is not Debian's",
  unconfirmed: "the wording, which was taken from mails of 2019 and 2020 on the list, and later versions",
  definitions: [
    {
      id: "debian-free-model",
      name: "Free Model",
      requirements: [
        weights,
        {
          id: "data",
          name: "freely licensed training data",
          section: "Free Model",
          text: "the model is trained on data under explicit free licences alone",
          test: trainingData("dfsg"),
        },
        {
          id: "training-program",
          name: "free training program",
          section: "Free Model",
          text: "the program that trained it is there and free",
          test: trainingCode("dfsg"),
        },
        {
          id: "reproduction",
          name: "a rebuild",
          section: "Free Model",
          text: "the model can be made again from its data and its program",
          test: { person: "whether the model was made again from its data and its program" },
        },
      ],
    },
    { id: "debian-toxic-candy", name: "ToxicCandy Model", requirements: [weights] },
  ],
};
