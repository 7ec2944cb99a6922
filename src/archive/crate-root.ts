/** What a crate must say of itself, in the words of RO-Crate 1.0, 1.1 and 1.2. */
import type { BagFaults } from "./bag-faults.ts";
import { type CrateEntity, type CrateGraph, referencesOf, shown, textsOf, typesOf, valuesOf } from "./crate-graph.ts";
import { targetOf } from "./crate-id.ts";

/** The metadata's name, and the one that it had in 1.0. */
export const metadataNames = ["ro-crate-metadata.json", "ro-crate-metadata.jsonld"] as const;
const LEGACY = metadataNames[1];

/** The versions whose rules are known, as minor numbers of 1. */
const NEWEST = 2;
/** The minor version from which the metadata has today's name, and from which profiles are named elsewhere. */
const [RENAMED, REFERENCES] = [1, 2];

const isoDate =
  /^[+-]?\d{4}(?:-?(?:\d\d(?:-?\d\d)?|W\d\d(?:-?\d)?|\d{3}))?(?:[T ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,12})?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** Finds the entity that is the crate as a whole, and checks it; undefined, with an error, when there is none. */
export function readRoot(graph: CrateGraph, file: string, faults: BagFaults): CrateEntity | undefined {
  const wrong = (detail: string): void => faults.error("form-invalid", file, detail);
  const descriptor = metadataNames.map((name) => graph.get(name)).find((entity) => entity !== undefined);
  if (descriptor === undefined) return void wrong(`no entity \`${metadataNames[0]}\` describes the metadata itself`);
  const version = readVersion(descriptor, file, faults);
  if (version >= RENAMED && (file === LEGACY || descriptor["@id"] === LEGACY)) {
    wrong(`\`${LEGACY}\` was its name in RO-Crate 1.0, and this is 1.${version}`);
  }
  if (!typesOf(descriptor).includes("CreativeWork")) wrong("the metadata's entity is no `CreativeWork`");
  const [about, ...others] = referencesOf(descriptor.about);
  if (about === undefined || others.length > 0) {
    return void wrong("the metadata's entity does not say what one thing it is `about`");
  }
  const root = graph.get(about);
  if (root === undefined) return void wrong(`the metadata is about \`${shown(about)}\`, which is not described`);
  if (!typesOf(root).includes("Dataset")) wrong(`\`${shown(about)}\` is the crate, and no \`Dataset\``);
  checkRootId(about, version, file, faults);
  checkProperties(root, file, faults);
  return root;
}

/** The minor version; the newest that is known where it can not be told. */
function readVersion(descriptor: CrateEntity, file: string, faults: BagFaults): number {
  const said = [...referencesOf(descriptor.conformsTo), ...textsOf(descriptor.conformsTo)];
  const crate = said
    .map((id) => /^https?:\/\/w3id\.org\/ro\/crate\/(\d{1,4})\.(\d{1,4})/.exec(id))
    .find((m) => m !== null);
  if (crate === undefined) {
    faults.warning("form-discouraged", file, "the metadata does not say to which version of RO-Crate it conforms");
    return NEWEST;
  }
  const [, major, minor] = crate;
  if (major !== "1" || Number(minor) > NEWEST) {
    const detail = `RO-Crate ${major}.${minor} is not known here, and was read as 1.${NEWEST}`;
    faults.warning("form-discouraged", file, detail);
    return NEWEST;
  }
  if (valuesOf(descriptor.conformsTo).some((value) => typeof value === "string")) {
    faults.when(Number(minor) >= REFERENCES, "form-invalid", file, "`conformsTo` is a text, and no reference");
  }
  return Number(minor);
}

function checkRootId(id: string, version: number, file: string, faults: BagFaults): void {
  const target = targetOf(id);
  if (target.kind === "unsafe")
    faults.error("path-unsafe", shown(id), `it is the crate's own identifier: ${target.fault}`);
  else if (version < REFERENCES && !id.endsWith("/")) {
    faults.error("form-invalid", file, `the crate's identifier \`${shown(id)}\` does not end with \`/\``);
  } else if (target.kind === "thing" || (target.kind === "path" && id !== "./")) {
    faults.warning(
      "form-discouraged",
      file,
      `the crate's identifier is \`${shown(id)}\`, and should be \`./\` or a URI`,
    );
  }
}

function checkProperties(root: CrateEntity, file: string, faults: BagFaults): void {
  for (const name of ["name", "description", "license"] as const) {
    const values = valuesOf(root[name]);
    if (values.length === 0) faults.error("form-invalid", file, `the crate has no \`${name}\``);
    else if (values.every((value) => typeof value === "string" && value.trim() === "")) {
      faults.warning("form-discouraged", file, `the crate's \`${name}\` is empty`);
    }
  }
  const { datePublished } = root;
  if (datePublished === undefined) faults.error("form-invalid", file, "the crate has no `datePublished`");
  else if (typeof datePublished !== "string" || !isoDate.test(datePublished)) {
    faults.error("form-invalid", file, "the crate's `datePublished` is no date of ISO 8601");
  }
}
