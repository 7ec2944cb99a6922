/** The shape in which published definitions are written down: tables, so that each row can be tested on its own. */
import type { PieceKind } from "../model/manifest.ts";
import type { LicenseRule } from "./license-rule.ts";

/** Pieces of some kinds, and what each of them must be. */
export interface Component {
  readonly kinds: readonly PieceKind[];
  /** `every` piece of these kinds, which is the usual case, or `some`: one is enough. */
  readonly quantity?: "every" | "some";
  /** What its licence must be; absent where none is asked for. */
  readonly license?: LicenseRule;
  /**
   * What a piece behind a login or terms is worth. Usually nothing; `automatic`: it counts where nobody chooses who gets
   * in, else a person must judge; `person`: a person must judge; `counts`: it counts.
   */
  readonly gate?: "automatic" | "person" | "counts";
  /** Kinds whose pieces may hold it too: then a person must look. */
  readonly within?: readonly PieceKind[];
  /** Not every model has it: where no such piece is declared, a person must judge whether there was one. */
  readonly ifUsed?: true;
  /** All that went into the weights is meant, so what the release was made from is meant as well. */
  readonly whole?: true;
  /** Formats of weights: such that programs load, or such that training can go on from. */
  readonly format?: "loadable" | "trainable";
  /** Only pieces that hold a file with such a name. */
  readonly file?: RegExp;
  /** Only what was measured: the host's word is not enough. */
  readonly measured?: true;
  /** The licence's text must be there, word for word. */
  readonly text?: true;
  /** Lists of addresses are not the thing itself. */
  readonly itself?: true;
  /** Only pieces that come as packages which an installer takes. */
  readonly packaged?: true;
}

/** What a requirement asks of a release. */
export type Test =
  | { readonly component: Component }
  | { readonly all: readonly Test[] }
  | { readonly any: readonly Test[] }
  /** No evidence answers it: at best a person must judge, and only where `given` holds; `informed`: with what descriptions of the data have. */
  | { readonly person: string; readonly given?: Test; readonly informed?: "sections" | "sources" }
  /** What licences ask of those who pass it on is there, and no parent's terms are dropped. */
  | { readonly passOn: true }
  /** Every dataset that is not there is withheld with a reason; a person must judge the reasons. */
  | { readonly absencesReasoned: Component };

/** One row of a definition. */
export interface Requirement {
  readonly id: string;
  readonly name: string;
  /** Where in the published text it stands. */
  readonly section: string;
  /** In our words. */
  readonly text: string;
  readonly test: Test;
}

/** One label that a release may claim. */
export interface Definition {
  /** What a manifest writes under `claims`; never renamed or reused. */
  readonly id: string;
  readonly name: string;
  readonly requirements: readonly Requirement[];
}

/** One published text with the labels that it defines. */
export interface DefinitionFamily {
  /** The name of the table's file. */
  readonly id: string;
  readonly name: string;
  /** The name where there is little room. */
  readonly short: string;
  readonly version: string;
  /** ISO 8601; a year alone where the day is not known. */
  readonly date: string;
  readonly url: string;
  /** How to read a verdict. */
  readonly note?: string;
  /** What of its version, its date, its address or its wording nobody confirmed at the source. */
  readonly unconfirmed?: string;
  /** From the most to the least demanding. */
  readonly definitions: readonly Definition[];
}
