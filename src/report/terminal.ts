/** What the text reporter and the commands print with: colour, indentation, digests cut to be read. */
import { styleText } from "node:util";
import type { Severity } from "../model/findings.ts";
import { middle, printable, wrap } from "../model/printable.ts";
import type { Outcome } from "../model/report.ts";
import type { RenderOptions } from "./reporter.ts";

/** Narrower terminals are treated as this wide: a word a line is no report. */
const COLUMNS_MIN = 30;
/** Some terminals say that they have no columns at all. */
const COLUMNS_UNKNOWN = 80;
/** A cut digest: enough at both ends to compare by eye. */
const DIGEST_COLUMNS = 21;
const HEX_DIGEST = /^(?:swh:1:(?:cnt|dir):)?[0-9a-f]{32,}$/;

type Format = Parameters<typeof styleText>[0];

const OUTCOME_COLOURS: { readonly [O in Outcome]: Format } = {
  verified: "green",
  resolved: "cyan",
  gated: "yellow",
  withheld: "yellow",
  inconclusive: "yellow",
  broken: "red",
};
const SEVERITY_COLOURS: { readonly [S in Severity]: Format } = { error: "red", warning: "yellow", note: "cyan" };

/** Ways to write for one terminal. */
export interface Terminal {
  /** Infinite where nothing limits a line. */
  readonly columns: number;
  readonly outcome: (outcome: Outcome, text: string) => string;
  readonly severity: (severity: Severity, text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  /** Foreign text, made safe; digests are cut in their middle unless all of them is wanted. */
  readonly safe: (foreign: string) => string;
  /** The same in backticks, for sentences. */
  readonly quote: (foreign: string) => string;
  /** Breaks safe text between words; every line after the first is indented by `hang` more. */
  readonly block: (text: string, indent: number, hang?: number) => readonly string[];
}

/** A terminal with these options. Colour is the caller's decision: no stream and no environment is looked at. */
export function terminal({ columns, colour, full }: RenderOptions): Terminal {
  const limit = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns || COLUMNS_UNKNOWN, COLUMNS_MIN);
  const paint = (format: Format, text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const safe = (foreign: string): string =>
    !full && HEX_DIGEST.test(foreign) ? middle(foreign, DIGEST_COLUMNS) : printable(foreign);
  return {
    columns: limit,
    outcome: (outcome, text) => paint(OUTCOME_COLOURS[outcome], text),
    severity: (severity, text) => paint(SEVERITY_COLOURS[severity], text),
    strong: (text) => paint("bold", text),
    faint: (text) => paint("dim", text),
    safe,
    quote: (foreign) => `\`${safe(foreign)}\``,
    block: (text, indent, hang = 0) => {
      const [first = "", ...rest] = wrap(text, limit - indent);
      const hung = rest.length === 0 ? [] : wrap(rest.join(" "), limit - indent - hang);
      return [`${" ".repeat(indent)}${first}`, ...hung.map((line) => `${" ".repeat(indent + hang)}${line}`)];
    },
  };
}
