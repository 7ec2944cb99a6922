/** The whole judgement on a release, with what each verdict rests on: text, markdown or JSON. */
import {
  capabilityNames,
  type DefinitionResult,
  type Holding,
  type Openness,
  type OpennessFormat,
} from "../model/openness.ts";
import { printable } from "../model/printable.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { familyLines, verdictPhrase } from "./openness-facts.ts";
import type { RenderOptions } from "./reporter.ts";
import { terminal } from "./terminal.ts";

/** A judgement and the release that it is on. */
export interface OpennessPage {
  readonly name: string;
  readonly version: string;
  readonly manifest: { readonly uri: string; readonly digest: { readonly [algorithm: string]: string | undefined } };
  /** ISO 8601 UTC: when the pieces were looked at. */
  readonly timeVerified: string;
  readonly openness: Openness;
  /** Definitions that somebody asked for; absent where the whole judgement is wanted. */
  readonly only?: readonly string[] | undefined;
}

/** Writes a judgement. */
export function renderOpenness(page: OpennessPage, format: OpennessFormat, options: RenderOptions): string {
  if (format === "json") return jsonPage(page);
  return format === "markdown" ? markdownPage(page) : textPage(page, options);
}

function jsonPage({ name, version, manifest, timeVerified, openness, only }: OpennessPage): string {
  const { label, definitions, data, information, dimensions, capabilities } = openness;
  const head = { schemaVersion: "1", name, version, manifest, timeVerified, label };
  const told = information.length === 0 ? {} : { information };
  const all = { definitions: definitions.filter(wanted(only)), data, ...told, capabilities, dimensions };
  return `${JSON.stringify({ ...head, ...(only === undefined ? all : { definitions: all.definitions }) }, null, 2)}\n`;
}

function wanted(only: readonly string[] | undefined): (definition: DefinitionResult) => boolean {
  return ({ id }) => only === undefined || only.includes(id);
}

/** What a requirement's state is called. */
const HOLDS: { readonly [H in Holding]: string } = {
  verified: "yes",
  declared: "yes, as declared",
  person: "for a person",
  unknown: "could not be told",
  no: "no",
};

interface Line {
  /** How deep it stands. */
  readonly depth: number;
  readonly text: string;
  readonly kind?: "head" | "faint";
}

/** The lines of every format that people read; facts quote foreign text in backticks. */
function linesOf({ openness, only }: OpennessPage): readonly (readonly Line[])[] {
  const families = familyLines(openness.definitions.filter(wanted(only)));
  // Of a ladder of definitions those two tell most; who wants another one asks for it.
  const shown = families.flatMap(({ definitions, told }) =>
    definitions.map((one) => definitionLines(one, only !== undefined || told.includes(one))),
  );
  return only === undefined ? [...shown, ...otherLines(openness)] : shown;
}

function definitionLines(definition: DefinitionResult, inFull: boolean): readonly Line[] {
  const { id, name, title, version, date, url, note, unconfirmed, requirements } = definition;
  const head: Line = { depth: 0, text: `${id}: ${name}: ${verdictPhrase(definition)}`, kind: "head" };
  if (!inFull) return [head, { depth: 1, text: `\`--definition ${id}\` shows its rows`, kind: "faint" }];
  return [
    head,
    { depth: 1, text: `${title}, ${version}, ${date}, \`${url}\``, kind: "faint" },
    ...(note === undefined ? [] : [{ depth: 1, text: `note: ${note}`, kind: "faint" } as const]),
    ...(unconfirmed === undefined ? [] : [{ depth: 1, text: `not confirmed: ${unconfirmed}`, kind: "faint" } as const]),
    ...requirements.flatMap(({ name: asked, section, text, holds, facts }): Line[] => [
      { depth: 1, text: `${HOLDS[holds]}: ${asked} (${section}): ${text}` },
      ...facts.map((fact) => ({ depth: 2, text: fact })),
    ]),
  ];
}

function otherLines({ data, information, dimensions, capabilities }: Openness): readonly (readonly Line[])[] {
  return [
    data.length === 0
      ? []
      : [
          { depth: 0, text: "kinds of training data, by the Open Source Initiative's four", kind: "head" },
          ...data.flatMap(({ piece, kind, facts }): Line[] => [
            { depth: 1, text: `${kind}: ${quoted(piece)}` },
            ...facts.map((fact) => ({ depth: 2, text: fact })),
          ]),
        ],
    information.length === 0
      ? []
      : [
          { depth: 0, text: "what is told of training data that is not all shipped", kind: "head" },
          ...information.map((text): Line => ({ depth: 1, text })),
          { depth: 1, text: "undetermined: a person must judge whether this is enough to build an equivalent system" },
        ],
    [
      { depth: 0, text: "what anybody can do with it", kind: "head" },
      ...capabilities.flatMap(({ id, answer, basis, facts }): Line[] => [
        { depth: 1, text: `${answer}${basis === "declared" ? ", as declared" : ""}: ${capabilityNames[id]}` },
        ...facts.map((fact) => ({ depth: 2, text: fact })),
      ]),
    ],
    [
      {
        depth: 0,
        text: "the dimensions of the European Open Source AI Index, as our own estimate from the pieces",
        kind: "head",
      },
      ...dimensions.map(({ name, estimate, pieces }): Line => {
        const by = pieces.length === 0 ? "" : ` (${pieces.map(quoted).join(", ")})`;
        return { depth: 1, text: `${estimate}: ${name}${by}` };
      }),
    ],
  ];
}

/** Foreign text in a sentence: between backticks, with none of its own. */
function quoted(foreign: string): string {
  return `\`${printable(foreign).replaceAll("`", "'")}\``;
}

const INDENT = 2;

function textPage(page: OpennessPage, options: RenderOptions): string {
  const to = terminal(options);
  const head = to
    .block(`${to.quote(`${page.name} ${page.version}`)}: ${page.openness.label}`, 0, INDENT)
    .map(to.strong);
  const paragraphs = linesOf(page).map((lines) =>
    lines.flatMap(({ depth, text, kind }) => {
      const drawn = to.block(text, depth * INDENT, INDENT);
      return kind === undefined ? drawn : drawn.map(kind === "head" ? to.strong : to.faint);
    }),
  );
  return [head, ...paragraphs]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function markdownPage(page: OpennessPage): string {
  const head = `# ${markdownCode(`${page.name} ${page.version}`)}: ${markdownText(page.openness.label)}`;
  const blocks = linesOf(page).map((lines) =>
    lines
      .map(({ depth, text, kind }) => {
        const safe = markdownText(text);
        if (kind === "head") return `## ${safe}\n`;
        return `${"  ".repeat(Math.max(0, depth - 1))}- ${safe}`;
      })
      .join("\n"),
  );
  return `${[head, ...blocks.filter((block) => block !== "")].join("\n\n")}\n`;
}
