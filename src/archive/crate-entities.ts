/** What the crate of a release says: its entities, each as one object without the lists that grow with the release. */
import type { ArchivedPiece, PayloadFile, ReleaseContents, RemoteFile } from "./contents.ts";
import { idOfPath, idOfThing } from "./crate-id.ts";
import { compact, type Entity, licenseId, licensesOf, reference, rootLicenseId } from "./crate-licenses.ts";

export const CRATE_FILE = "ro-crate-metadata.json";
const SPECIFICATION = "https://w3id.org/ro/crate/1.2";
/** Where terms of projects live that have no page of their own for them. */
const TERMS = "https://w3id.org/ro/terms/wholesource#";

/** Our own terms: what no vocabulary has a word for. */
const ownTerms = {
  pieceKind: "What part of a release a piece is: dataset, training-code, weights, and so on",
  pieceOutcome:
    "What a verification found of a piece: verified, resolved, withheld, gated, inconclusive or broken, from best to worst",
  licenseDeclared: "The licence that the release declares for a piece, as an SPDX expression",
  licenseConcluded: "The licence that the texts found with a piece support, or NOASSERTION",
} as const;
type OwnTerm = keyof typeof ownTerms;

/** The context: RO-Crate's own, and the terms that it lacks. */
export const crateContext = [
  `${SPECIFICATION}/context`,
  {
    sha512: "https://w3id.org/ro/terms/workflow-run#sha512",
    ...Object.fromEntries(Object.keys(ownTerms).map((term) => [term, TERMS + term])),
  },
] as const;

const VERIFICATION = "#verification";
const AGENT = "#agent";
const PUBLISHER = "#publisher";
const REPORT = "#report";
const REPORT_PATH = "wholesource/report.json";

/** The metadata file about itself. */
export const descriptorEntity: Entity = {
  "@id": CRATE_FILE,
  "@type": "CreativeWork",
  name: "The metadata of this crate",
  conformsTo: reference(SPECIFICATION),
  about: reference("./"),
};

/** The release as a whole. `parts` are the identifiers of its pieces. */
export function rootEntity(contents: ReleaseContents, parts: readonly string[]): Entity {
  const { name, version, description, publisher, homepage, time, pieces } = contents;
  return {
    "@id": "./",
    "@type": "Dataset",
    name,
    version: version === "" ? undefined : version,
    description: description || `The release ${name} ${version}, kept with what a verification of it found`,
    datePublished: time,
    license: reference(rootLicenseId(pieces)),
    publisher: publisher === undefined ? undefined : reference(PUBLISHER),
    url: homepage,
    mentions: [VERIFICATION, ...Object.keys(ownTerms).map((term) => TERMS + term)].map(reference),
    hasPart: compact(parts.map(reference)),
  };
}

/** A piece's folder; what has no folder in the crate is described all the same. */
export function pieceId(id: string, localFiles: number): string {
  return localFiles > 0 ? `${idOfPath(id)}/` : idOfThing("piece", id);
}

/** One piece, without its `hasPart`. */
export function pieceEntity(piece: ArchivedPiece, localFiles: number, remoteFiles: number): Entity {
  const { id, kind, outcome, licenseDeclared, licenseConcluded, uri, revision } = piece;
  const left = remoteFiles === 0 ? "" : `, ${remoteFiles} left where they are`;
  return {
    "@id": pieceId(id, localFiles),
    "@type": "Dataset",
    name: id,
    description: `The piece ${id} (${kind}), found ${outcome}; files here: ${localFiles}${left}`,
    ...({ pieceKind: kind, pieceOutcome: outcome, licenseDeclared, licenseConcluded } satisfies {
      readonly [Term in OwnTerm]: string | undefined;
    }),
    license: compact(licensesOf(piece).map((license) => reference(licenseId(license)))),
    isBasedOn: uri,
    version: revision,
  };
}

/** A file whose bytes are in the archive. */
export function fileEntity({ piece, path, size, digest, url, mediaType }: PayloadFile): Entity {
  // What was redacted leads nowhere, so nobody should try to download from there.
  const isDownload = url !== undefined && /^https?:\/\//i.test(url) && !url.includes("***");
  return {
    "@id": idOfPath(`${piece}/${path}`),
    "@type": "File",
    name: path,
    contentSize: String(size),
    encodingFormat: mediaType,
    sha256: digest.sha256,
    sha512: digest.sha512,
    [isDownload ? "contentUrl" : "url"]: url,
  };
}

/** A file that was left where it is. */
export function remoteEntity({ piece, path, url, size, digest }: RemoteFile, id: string, time: string): Entity {
  return {
    "@id": id,
    "@type": "File",
    name: path,
    contentSize: size === undefined ? undefined : String(size),
    sha256: digest.sha256,
    sha512: digest.sha512,
    contentUrl: id === url ? undefined : url,
    localPath: `${piece}/${path}`,
    sdDatePublished: time,
  };
}

/** The verification as an action, who did it, what came of it, who publishes the release, and our own terms. */
export function* contextEntities(contents: ReleaseContents): Generator<Entity, void, void> {
  const { agent, time, tags, publisher, homepage, name, version } = contents;
  const report = tags.find(({ path }) => path === REPORT_PATH);
  yield {
    "@id": VERIFICATION,
    "@type": ["CreateAction", "AssessAction"],
    name: `Verification of ${name} ${version}`,
    description: "Fetches every declared piece and compares its sizes, digests and licences with what is declared",
    agent: reference(AGENT),
    instrument: reference(AGENT),
    object: reference("./"),
    result: report === undefined ? undefined : reference(REPORT),
    endTime: time,
  };
  const at = agent.lastIndexOf(" ");
  const program = at < 0 ? agent : agent.slice(0, at);
  const programVersion = at < 0 ? undefined : agent.slice(at + 1);
  yield {
    "@id": AGENT,
    "@type": "SoftwareApplication",
    name: program,
    description: "Checks whether the pieces of a release are there and are what they are declared to be",
    version: programVersion,
    url: packageUrl(program, programVersion),
  };
  if (report !== undefined) {
    yield {
      "@id": REPORT,
      "@type": "File",
      name: "The verification's report",
      description: `Lies beside the crate, in the archive's ${REPORT_PATH}`,
      localPath: `../${REPORT_PATH}`,
      encodingFormat: "application/json",
      contentSize: String(report.size),
      sha256: report.digest.sha256,
      sha512: report.digest.sha512,
    };
  }
  if (publisher !== undefined) {
    yield {
      "@id": PUBLISHER,
      "@type": "Organization",
      name: publisher,
      description: "Publishes the release",
      url: homepage,
    };
  }
  for (const [term, description] of Object.entries(ownTerms)) {
    yield { "@id": TERMS + term, "@type": ["DefinedTerm", "rdf:Property"], name: term, description };
  }
}

/** Where the program is to be had, in the one spelling that needs no host. */
const packageUrl = (name: string, version: string | undefined): string =>
  `pkg:npm/${encodeURIComponent(name)}${version === undefined ? "" : `@${encodeURIComponent(version)}`}`;
