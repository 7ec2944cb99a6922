/** Training data that is described: what a text about it has headings for, and where it says that the data is from. */

/** What the Open Source AI Definition asks of information about training data, in its order. */
export const dataTopics = [
  "provenance",
  "scope",
  "selection",
  "labelling",
  "processing",
  "public-sources",
  "third-party-sources",
] as const;
export type DataTopic = (typeof dataTopics)[number];

/** What each topic is called. */
export const dataTopicNames: { readonly [Topic in DataTopic]: string } = {
  provenance: "provenance",
  scope: "scope and characteristics",
  selection: "how it was obtained and selected",
  labelling: "labelling",
  processing: "processing and filtering",
  "public-sources": "public sources",
  "third-party-sources": "what third parties give, and where",
};

/** One heading of a text. */
export interface CardHeading {
  /** Foreign text. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** False where nothing stands below it, or only a template's request to fill it in. */
  readonly filled: boolean;
}

export const sourceFields = ["source_datasets", "datasets", "link"] as const;
/** One place that a text names as a source of data. */
export interface CardSource {
  /** A location as a manifest would write it. Foreign text. */
  readonly uri: string;
  /** 1-based. */
  readonly line: number;
  /** The field of the front matter, or a link below a heading that speaks of sources. */
  readonly by: (typeof sourceFields)[number];
}

/** What a card says of its subject beside the licence: facts only. */
export interface CardSeen {
  readonly path: string;
  readonly headings: readonly CardHeading[];
  readonly sources: readonly CardSource[];
  /** The front matter's own words on origin, by field: `base_model`, `base_model_relation`, `datasets`, `source_datasets`. */
  readonly origin: { readonly [field: string]: readonly string[] };
  /** True when the text has more of something than is kept. */
  readonly cut: boolean;
}

export const topicStates = ["filled", "empty", "lacking"] as const;
/** Whether a text has a heading for a topic; `empty`: it has, with nothing below. Prose without headings is not read. */
export interface TopicSeen {
  readonly topic: DataTopic;
  readonly state: (typeof topicStates)[number];
  /** Foreign text. */
  readonly heading?: string | undefined;
  readonly line?: number | undefined;
}

/** One text that describes training data. */
export interface DataDescription {
  readonly piece: string;
  /** Absent where no text with headings was read: another format, another depth, or nothing there. */
  readonly path?: string | undefined;
  readonly topics: readonly TopicSeen[];
}

/** `undetermined`: nobody answered, nobody may look, or nobody knows how to ask. */
export const sourceStates = ["resolves", "gated", "gone", "undetermined"] as const;
/** One source of training data that a description lists, and what became of asking for it. */
export interface DataSource {
  readonly uri: string;
  readonly piece: string;
  readonly path: string;
  readonly line: number;
  readonly by: (typeof sourceFields)[number];
  readonly state: (typeof sourceStates)[number];
  /** Why it is not plainly there. */
  readonly detail?: string | undefined;
}

/** What stands in place of training data that is not shipped. Whether it is enough a person must judge. */
export interface DataInformation {
  readonly descriptions: readonly DataDescription[];
  readonly sources: readonly DataSource[];
  /** Listed sources that were not asked for, because there are too many. */
  readonly sourcesUnasked: number;
}
