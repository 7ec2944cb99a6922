import type { Report } from "../model/report.ts";

/** How the reader will see it. */
export interface RenderOptions {
  /** Width of the terminal; absent where there is none, and lines may then be as long as they like. */
  readonly columns?: number | undefined;
  readonly colour: boolean;
  /** Whole digests, not cut in their middle. */
  readonly full: boolean;
  /** The manifest's name in positions such as `wholesource.yaml:31:9`. */
  readonly manifestName: string;
}

/** One way to write a report down. */
export interface Reporter {
  /** What `--format` names; never renamed or reused. */
  readonly id: string;
  readonly mediaType: string;
  /** The whole text, ending in a newline. Reads nothing but its arguments. */
  render(report: Report, options: RenderOptions): string | AsyncIterable<string>;
}
