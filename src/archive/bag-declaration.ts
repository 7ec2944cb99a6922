/** `bagit.txt`: which version of the format a bag has, and how its other text files are encoded. */
import type { LocalPath } from "../io/files-open.ts";
import type { BagFaults } from "./bag-faults.ts";
import { type BagEncoding, bagEncoding, readBagText } from "./bag-text.ts";

export const DECLARATION = "bagit.txt";

/** What a bag says of itself. */
export interface BagDeclaration {
  /** 1.0 or later: rules that were advice before hold strictly. */
  readonly strict: boolean;
  /** Where the bag's metadata are. */
  readonly infoName: "bag-info.txt" | "package-info.txt";
  readonly encoding: BagEncoding;
}

/** Lines that are looked at; there should be two. */
const LINES_MAX = 100;

const utf8: BagEncoding = { name: "UTF-8", label: "utf-8", isUtf8: true };

/** Reads the declaration; undefined, with an error, where the bag can not be read by it. */
export function readDeclaration(file: LocalPath, faults: BagFaults): BagDeclaration | undefined {
  const wrong = (detail: string): undefined => void faults.error("form-invalid", DECLARATION, detail);
  const lines: string[] = [];
  const reading = readBagText(file, utf8);
  let step = reading.next();
  for (; step.done !== true && lines.length <= LINES_MAX; step = reading.next()) lines.push(...step.value);
  if (step.done !== true) {
    reading.return({ lines: 0, byteOrderMark: false, unterminated: false, fault: undefined });
    return wrong("it has more than the two lines that it should have");
  }
  const { fault, byteOrderMark, unterminated } = step.value;
  if (fault !== undefined) return wrong(`it can not be read: ${fault}`);
  if (byteOrderMark) wrong("it begins with a byte order mark");
  if (unterminated) faults.warning("form-discouraged", DECLARATION, "its last line has no end");

  const versionText = field(lines, 0, "BagIt-Version", faults);
  const encodingText = field(lines, 1, "Tag-File-Character-Encoding", faults);
  const extra = lines.slice(2).find((line) => line.trim() !== "");
  if (lines.length > 2) {
    const detail = extra === undefined ? "it has empty lines after its second" : "it has more than two lines";
    faults.when(extra !== undefined, "form-invalid", DECLARATION, detail);
  }
  if (versionText === undefined || encodingText === undefined) return undefined;
  const match = /^([0-9]{1,6})\.([0-9]{1,6})$/.exec(versionText);
  if (match === null) return wrong(`the version is \`${shown(versionText)}\`, which is no \`M.N\``);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > 1 || (major === 0 && minor < 93)) {
    return wrong(`the version \`${versionText}\` is not known here: 0.93 to 1.0 are`);
  }
  if (major === 1 ? minor > 0 : minor > 97) {
    const detail = `the version \`${versionText}\` is not known here, and was read as the one before it`;
    faults.warning("form-discouraged", DECLARATION, detail);
  }
  const encoding = bagEncoding(encodingText);
  if (encoding === undefined) return wrong(`the encoding \`${shown(encodingText)}\` can not be read here`);
  if (!encoding.isUtf8) {
    faults.warning("form-discouraged", DECLARATION, `the encoding is \`${encoding.name}\`: UTF-8 is what lasts`);
  }
  const isPackage = major === 0 && minor <= 95;
  return { strict: major >= 1, infoName: isPackage ? "package-info.txt" : "bag-info.txt", encoding };
}

function field(lines: readonly string[], index: number, label: string, faults: BagFaults): string | undefined {
  const line = lines[index] ?? "";
  const colon = line.indexOf(":");
  const found = colon < 0 ? "" : line.slice(0, colon);
  const value = line.slice(colon + 1).trim();
  if (found.trim().toLowerCase() !== label.toLowerCase() || value === "") {
    faults.error("form-invalid", DECLARATION, `its line ${index + 1} should be \`${label}: ...\``);
    return undefined;
  }
  if (found.trim() !== label) {
    faults.warning("form-discouraged", DECLARATION, `it writes \`${found.trim()}\` for \`${label}\``);
  }
  if (line !== `${found.trim()}: ${value}`) {
    const detail = `its line ${index + 1} has other blanks than one after the colon`;
    faults.error("form-invalid", DECLARATION, detail);
  }
  return value;
}

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text);
