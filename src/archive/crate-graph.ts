/** The graph of a crate that somebody else made: a flat list of entities, of which nothing is taken for granted. */
import { redactLocation } from "../model/redact.ts";
import type { BagFaults } from "./bag-faults.ts";
import { readCrateJson } from "./crate-json.ts";

/** An entity as it stands in the file. */
export interface CrateEntity {
  readonly "@id": string;
  readonly [key: string]: unknown;
}

/** Entities by their identifier, in the order of the file. */
export type CrateGraph = ReadonlyMap<string, CrateEntity>;

/** Foreign text in a fault, in UTF-16 units. */
const SHOWN_MAX = 200;

/** Foreign text, cut to what a message can carry, and without the secrets that an address may hold. */
export function shown(text: string): string {
  const safe = redactLocation(text);
  return safe.length > SHOWN_MAX ? `${safe.slice(0, SHOWN_MAX)}...` : safe;
}

/** Reads the bytes of a metadata file; undefined, with an error, where there is no graph in them. */
export function readGraph(bytes: Buffer, file: string, faults: BagFaults): CrateGraph | undefined {
  const wrong = (detail: string): void => faults.error("form-invalid", file, detail);
  const read = readCrateJson(bytes);
  if (read.fault !== undefined) return void wrong(read.fault);
  if (!isObject(read.value)) return void wrong("it is no JSON object");
  const { value } = read;
  checkContext(value["@context"], file, faults);
  const list = value["@graph"];
  if (!Array.isArray(list)) return void wrong("it has no list `@graph`");
  const graph = new Map<string, CrateEntity>();
  for (const [index, item] of list.entries()) {
    if (!isEntity(item)) {
      wrong(`entity ${index + 1} of the graph has no \`@id\``);
      continue;
    }
    const id = item["@id"];
    if (graph.has(id)) wrong(`\`${shown(id)}\` is described twice`);
    else graph.set(id, item);
    if (typesOf(item).length === 0) wrong(`\`${shown(id)}\` has no \`@type\``);
    const nested = Object.keys(item).find((key) => valuesOf(item[key]).some(isNested));
    if (nested !== undefined)
      wrong(`\`${shown(id)}\` holds another entity in its \`${shown(nested)}\`: the graph must be flat`);
  }
  return graph;
}

function checkContext(context: unknown, file: string, faults: BagFaults): void {
  if (context === undefined || context === null) faults.error("form-invalid", file, "it has no `@context`");
  else if (
    !valuesOf(context).some((one) => typeof one === "string" && /^https?:\/\/w3id\.org\/ro\/crate\//.test(one))
  ) {
    faults.warning("form-discouraged", file, "its `@context` does not name that of RO-Crate");
  }
}

/** An object that says more than which entity is meant, and is no JSON-LD value. */
function isNested(value: unknown): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return !keys.includes("@value") && !keys.includes("@list") && (keys.length !== 1 || keys[0] !== "@id");
}

/** Whether a value is a JSON object, and no array. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isEntity = (value: unknown): value is CrateEntity =>
  isObject(value) && typeof value["@id"] === "string" && value["@id"] !== "";

/** A property's values, of which JSON-LD writes one without a list. */
export function valuesOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The texts among a property's values. */
export const textsOf = (value: unknown): readonly string[] => valuesOf(value).filter((one) => typeof one === "string");

/** The identifiers that a property refers to. */
export const referencesOf = (value: unknown): readonly string[] =>
  valuesOf(value).flatMap((one) => (isObject(one) ? textsOf(one["@id"]) : []));

/** What an entity is. */
export const typesOf = (entity: CrateEntity): readonly string[] => textsOf(entity["@type"]);
