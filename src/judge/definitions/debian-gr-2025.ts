/**
 * Proposal A of Debian's general resolution 2025/vote_002, withdrawn in May 2025 without a vote. It names two failures
 * for a model under a free licence: data or simulators that nobody else can have, and a training program that is not
 * there. Another proposal of that time took weights alone as source, and a later one asks for every copyright notice of
 * the training inputs, which no manifest lists; neither is judged.
 */
import { every } from "../components.ts";
import type { DefinitionFamily } from "../definition.ts";

export const debianResolution: DefinitionFamily = {
  id: "debian-gr-2025",
  name: "Debian GR 2025/vote_002, proposal A (withdrawn)",
  short: "Debian GR 2025-A",
  version: "19 April 2025",
  date: "2025-04-19",
  url: "https://www.debian.org/vote/2025/vote_002",
  note: "withdrawn before a vote: it binds nobody",
  definitions: [
    {
      id: "debian-gr-2025-a",
      name: "compliant with the DFSG by proposal A",
      requirements: [
        {
          id: "weights",
          name: "freely licensed weights",
          section: "proposal A, 1",
          text: "the model is under a licence that Debian's Free Software Guidelines allow",
          test: every("weights", "dfsg"),
        },
        {
          id: "data",
          name: "accessible training data",
          section: "proposal A, 2",
          text: "the training data is not private, proprietary or out of reach",
          test: every("dataset", "granted", { whole: true, gate: "person" }),
        },
        {
          id: "training-program",
          name: "original training program",
          section: "proposal A, 3",
          text: "the original training program is there, and free",
          test: every("training-code", "dfsg", { whole: true }),
        },
      ],
    },
  ],
};
