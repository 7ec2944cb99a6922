/**
 * One bag for each rule, written by hand, with our verdict and that of bagit-python. Where the two differ the table
 * says so, and why.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkBagFolder } from "../../src/run/bag-check.ts";
import { type BagitDepth, judgeBags, needBagit } from "../services/bagit.ts";
import { bagFiles, type FileMap, hex, layFiles, newFolder, tagLines } from "./bag-made.ts";

type Files = Record<string, string | Uint8Array | undefined>;

interface Case {
  readonly files: Files;
  /** Severity, code and path of everything that we say. */
  readonly faults: readonly string[];
  /** Whether bagit-python takes the bag; without it the same as we do. Undefined stands for "not asked". */
  readonly peer?: boolean | "not asked";
  readonly depth?: BagitDepth;
  /** What files alone can not say. */
  readonly change?: (folder: string) => void;
}

const plain = (): Files => bagFiles();
const old = (version: string, more = {}): Files => bagFiles({ version, ...more });
const text = (files: Files, name: string): string => String(files[name]);

/** A sound bag with some of its files other than they were. */
const but = (change: (files: Files) => Files, files = plain()): Files => ({ ...files, ...change(files) });
const sha256 = "manifest-sha256.txt";
const oneAlgorithm = (more = {}): Files => bagFiles({ algorithms: ["sha256"], ...more });
const line = (path: string, bytes = "alpha\n"): string => `${hex("sha256", bytes)}  ${path}\n`;
const encoded = (encoding: string, body: string): Uint8Array =>
  encoding === "utf-16be"
    ? Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(body, "utf16le").swap16()])
    : Buffer.from(body, "latin1");

function inEncoding(name: string, encoding: string): Files {
  const files = bagFiles({ payload: { "zürich.txt": "alpha\n" }, version: "0.97" });
  return {
    ...files,
    "bagit.txt": `BagIt-Version: 0.97\nTag-File-Character-Encoding: ${name}\n`,
    "bag-info.txt": encoded(encoding, "Contact-Name: Jürg\n"),
    "manifest-sha256.txt": encoded(encoding, text(files, "manifest-sha256.txt")),
    "manifest-sha512.txt": encoded(encoding, text(files, "manifest-sha512.txt")),
  };
}

const cases: Readonly<Record<string, Case>> = {
  "a sound bag": { files: plain(), faults: [] },
  "a sound bag with everything": {
    files: bagFiles({ tagAlgorithms: ["sha256", "sha512"], info: "Payload-Oxum: 12.2\n" }),
    faults: [],
  },

  // The declaration.
  "bagit.txt is missing": { files: but(() => ({ "bagit.txt": undefined })), faults: ["error form-invalid bagit.txt"] },
  "bagit.txt with CRLF": {
    files: but(() => ({ "bagit.txt": "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n" })),
    faults: [],
  },
  "bagit.txt without a last line end": {
    files: but((files) => ({ "bagit.txt": text(files, "bagit.txt").trimEnd() })),
    faults: ["warning form-discouraged bagit.txt"],
  },
  "bagit.txt with a byte order mark": {
    files: but((files) => ({ "bagit.txt": `\ufeff${text(files, "bagit.txt")}` })),
    faults: ["error form-invalid bagit.txt"],
  },
  "bagit.txt in the wrong order": {
    files: but(() => ({ "bagit.txt": "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n" })),
    faults: ["error form-invalid bagit.txt", "error form-invalid bagit.txt"],
    // It reads the two lines as a set.
    peer: true,
  },
  "bagit.txt with a third line": {
    files: but((files) => ({ "bagit.txt": `${text(files, "bagit.txt")}Note: x\n` })),
    faults: ["error form-invalid bagit.txt"],
    peer: true,
  },
  "bagit.txt with an empty line more": {
    files: but((files) => ({ "bagit.txt": `${text(files, "bagit.txt")}\n` })),
    faults: ["warning form-discouraged bagit.txt"],
  },
  "bagit.txt with blanks before a colon": {
    files: but(() => ({ "bagit.txt": "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n" })),
    faults: ["error form-invalid bagit.txt"],
    // The suite of its own makers calls such a bag invalid.
    peer: true,
  },
  "bagit.txt in other letters": {
    files: but(() => ({ "bagit.txt": "BagIt-version: 1.0\nTag-File-Character-Encoding: UTF-8\n" })),
    faults: ["warning form-discouraged bagit.txt"],
    // The standard's own examples write it so.
    peer: false,
  },
  "bagit.txt of one line": {
    files: but(() => ({ "bagit.txt": "BagIt-Version: 1.0\n" })),
    faults: ["error form-invalid bagit.txt"],
  },
  "bagit.txt is empty": {
    files: but(() => ({ "bagit.txt": "" })),
    faults: ["error form-invalid bagit.txt", "error form-invalid bagit.txt"],
  },
  "bagit.txt is a folder": {
    files: but(() => ({ "bagit.txt": undefined, "bagit.txt/x": "" })),
    faults: ["error form-invalid bagit.txt"],
  },
  "a version that is no number": {
    files: but((files) => ({ "bagit.txt": text(files, "bagit.txt").replace("1.0", "one") })),
    faults: ["error form-invalid bagit.txt"],
  },
  "version 0.92": { files: old("0.92"), faults: ["error form-invalid bagit.txt"] },
  "version 0.93": { files: old("0.93"), faults: [] },
  "version 0.97": { files: old("0.97"), faults: [] },
  "version 1.7": { files: old("1.7"), faults: ["warning form-discouraged bagit.txt"] },
  "version 2.0": { files: old("2.0"), faults: ["error form-invalid bagit.txt"] },
  "an encoding that nobody knows": {
    files: but((files) => ({ "bagit.txt": text(files, "bagit.txt").replace("UTF-8", "EBCDIC-9") })),
    faults: ["error form-invalid bagit.txt"],
  },
  "ISO-8859-1": { files: inEncoding("ISO-8859-1", "latin1"), faults: ["warning form-discouraged bagit.txt"] },
  "UTF-16": { files: inEncoding("UTF-16", "utf-16be"), faults: ["warning form-discouraged bagit.txt"] },

  // The payload folder.
  "no payload folder": {
    files: { "bagit.txt": plain()["bagit.txt"], [sha256]: "" },
    faults: ["error form-invalid data"],
  },
  "an empty payload folder": {
    files: { "bagit.txt": plain()["bagit.txt"], [sha256]: "" },
    change: (folder) => mkdirSync(join(folder, "data")),
    faults: [],
  },
  "the payload folder is a file": {
    files: { "bagit.txt": plain()["bagit.txt"], [sha256]: "", data: "x" },
    faults: ["error form-invalid data"],
  },

  // Manifests as a whole.
  "no payload manifest": {
    files: bagFiles({ algorithms: [] }),
    faults: ["error form-invalid -", "error file-unexpected data/a.txt", "error file-unexpected data/b/c.txt"],
  },
  "md5 and sha1": {
    files: bagFiles({ algorithms: ["md5", "sha1"] }),
    faults: ["warning form-discouraged manifest-md5.txt"],
  },
  "an algorithm that can not be computed here, beside one that can": {
    files: but((files) => ({ "manifest-gost.txt": text(files, sha256) })),
    faults: ["warning form-discouraged manifest-gost.txt"],
  },
  "nothing but an algorithm that can not be computed here": {
    files: { ...bagFiles({ algorithms: [] }), "manifest-gost.txt": text(plain(), sha256) },
    faults: ["error form-invalid manifest-gost.txt", "warning form-discouraged manifest-gost.txt"],
  },
  "an algorithm's name as it is not to be written": {
    files: but((files) => ({ [sha256]: undefined, "manifest-SHA-256.txt": files[sha256] })),
    faults: ["warning form-discouraged manifest-SHA-256.txt"],
  },
  "a manifest is a link": {
    files: { ...oneAlgorithm(), [sha256]: undefined, "elsewhere.txt": oneAlgorithm()[sha256] },
    change: (folder) => symlinkSync("elsewhere.txt", join(folder, sha256)),
    faults: ["error form-invalid manifest-sha256.txt", "warning form-discouraged manifest-sha256.txt"],
    peer: true,
  },
  "a manifest with CRLF": {
    files: but((files) => ({ [sha256]: text(files, sha256).replaceAll("\n", "\r\n") })),
    faults: [],
  },
  "a manifest with CR": {
    files: but((files) => ({ [sha256]: text(files, sha256).replaceAll("\n", "\r") })),
    faults: [],
  },
  "a manifest without a last line end": {
    files: but((files) => ({ [sha256]: text(files, sha256).trimEnd() })),
    faults: ["warning form-discouraged manifest-sha256.txt"],
  },
  "a manifest with a byte order mark": {
    files: but((files) => ({ [sha256]: `\ufeff${text(files, sha256)}` })),
    faults: ["error form-invalid manifest-sha256.txt"],
    // It warns, and names the rule that is broken.
    peer: true,
  },
  "a manifest with a byte order mark, before 1.0": {
    files: but((files) => ({ [sha256]: `\ufeff${text(files, sha256)}` }), old("0.97")),
    faults: ["warning form-discouraged manifest-sha256.txt"],
  },
  "a manifest that is no UTF-8": {
    files: but((files) => ({ [sha256]: Buffer.concat([Buffer.from(text(files, sha256)), Buffer.from([0xff, 0x0a])]) })),
    faults: ["error form-invalid manifest-sha256.txt"],
  },

  // Lines of manifests.
  "digests in capitals": {
    files: but((files) => ({ [sha256]: text(files, sha256).replace(/^[0-9a-f]+/gm, (found) => found.toUpperCase()) })),
    faults: [],
  },
  "tabs and many blanks": {
    files: but((files) => ({ [sha256]: text(files, sha256).replaceAll("  ", " \t  ") })),
    faults: [],
  },
  "a star, as of md5sum": {
    files: but((files) => ({ [sha256]: text(files, sha256).replaceAll("  ", " *") })),
    faults: ["warning form-discouraged manifest-sha256.txt", "warning form-discouraged manifest-sha256.txt"],
  },
  "paths that begin with ./": {
    files: but((files) => ({ [sha256]: text(files, sha256).replaceAll("  data/a", "  ./data//a") })),
    faults: ["warning form-discouraged manifest-sha256.txt"],
  },
  "an empty line and a comment": {
    files: but((files) => ({ [sha256]: `# made by hand\n\n${text(files, sha256)}` })),
    faults: ["warning form-discouraged manifest-sha256.txt", "warning form-discouraged manifest-sha256.txt"],
  },
  "a line without a path": {
    files: but((files) => ({ [sha256]: `${text(files, sha256)}${hex("sha256", "")}\n` })),
    faults: ["error form-invalid manifest-sha256.txt"],
    // It logs an error and goes on.
    peer: true,
  },
  "a digest that is too short": {
    files: but((files) => ({ [sha256]: text(files, sha256).replace(/^./, "") })),
    faults: ["error form-invalid manifest-sha256.txt"],
  },
  "a digest that is no hex": {
    files: but((files) => ({ [sha256]: text(files, sha256).replace(/^./, "g") })),
    faults: ["error form-invalid manifest-sha256.txt"],
  },
  "a line that is longer than any path": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line(`data/${"x".repeat(70_000)}`) })),
    faults: ["error form-invalid manifest-sha256.txt"],
  },
  "a folder is listed": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("data/b/") })),
    faults: ["error form-invalid manifest-sha256.txt"],
  },
  "a tag file in a payload manifest": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("bagit.txt", text(files, "bagit.txt")) })),
    faults: ["error form-invalid manifest-sha256.txt"],
    peer: true,
  },

  // Completeness.
  "a file is missing": { files: but(() => ({ "data/a.txt": undefined })), faults: ["error file-missing data/a.txt"] },
  "a file is missing, names alone": {
    files: but(() => ({ "data/a.txt": undefined })),
    depth: "completeness",
    faults: ["error file-missing data/a.txt"],
  },
  "a file too much": { files: but(() => ({ "data/new": "" })), faults: ["error file-unexpected data/new"] },
  "a file is listed in one of two manifests": {
    files: but((files) => ({ [sha256]: text(files, sha256).split("\n").slice(1).join("\n") })),
    faults: ["error form-invalid data/a.txt"],
    // It has the rule of before 1.0 for all versions.
    peer: true,
  },
  "a file is listed in one of two manifests, before 1.0": {
    files: but((files) => ({ [sha256]: text(files, sha256).split("\n").slice(1).join("\n") }), old("0.97")),
    faults: [],
  },
  "a file is listed twice": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("data/a.txt") })),
    faults: ["error form-invalid data/a.txt"],
  },
  "a file is listed twice, before 1.0": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("data/a.txt") }), old("0.97")),
    faults: ["warning form-discouraged data/a.txt"],
  },
  "a file is listed twice with different digests": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("data/a.txt", "other") }), old("0.97")),
    faults: ["error file-corrupt data/a.txt", "error form-invalid data/a.txt"],
  },
  "a name is decomposed on disk and composed in the manifest": {
    files: but(
      (files) => ({ "data/zürich": undefined, "data/zu\u0308rich": files["data/zürich"] }),
      bagFiles({ payload: { zürich: "x" } }),
    ),
    faults: ["warning form-discouraged data/zu\u0308rich", "warning form-discouraged data/zu\u0308rich"],
  },
  "two names that differ in their Unicode form alone": {
    files: oneAlgorithm({ payload: { zürich: "x", "zu\u0308rich": "y" } }),
    faults: [],
    // It can not tell them apart, and digests one of them twice.
    peer: false,
  },
  "one file listed under both Unicode forms": {
    files: but(
      (files) => ({ [sha256]: text(files, sha256) + line("data/zu\u0308rich", "x") }),
      oneAlgorithm({ payload: { zürich: "x" }, version: "0.97" }),
    ),
    faults: ["warning form-discouraged data/zürich", "warning form-discouraged data/zürich"],
    // It finds the file under one of them only.
    peer: false,
  },
  "a per cent sign that is escaped, and a line end": {
    files: but(
      () => ({ [sha256]: line("data/100%25.txt", "x") + line("data/a%0Ab%0dc.txt", "y") }),
      oneAlgorithm({ payload: { "100%.txt": "x", "a\nb\rc.txt": "y" } }),
    ),
    faults: [],
    peer: false,
  },
  "a per cent sign that is not escaped": {
    files: oneAlgorithm({ payload: { "a%20b%25.txt": "x", "a%0Ab.txt": "y", "50%": "z" } }),
    faults: ["warning form-discouraged data/a%0Ab.txt", "warning form-discouraged data/a%20b%25.txt"],
    peer: false,
  },

  // Bytes.
  "a byte is other": {
    files: but(() => ({ "data/a.txt": "alphA\n" })),
    faults: Array(2).fill("error file-corrupt data/a.txt"),
  },
  "a byte is other, names alone": {
    files: but(() => ({ "data/a.txt": "alphA\n" })),
    depth: "completeness",
    faults: [],
  },
  "a file is cut short": {
    files: but(() => ({ "data/a.txt": "alp" })),
    faults: Array(2).fill("error file-corrupt data/a.txt"),
  },

  // Dangerous paths.
  ...Object.fromEntries(
    [
      ["/etc/passwd", false],
      ["../outside", false],
      ["data/../../outside", false],
      ["~/x", false],
      ["~root/x", false],
      ["data/../data/a.txt", false],
      ["C:\\x", true],
      ["\\\\?\\C:\\x", true],
      ["%TEMP%/x", true],
      ["data/..\\..\\x", true],
      ["data/a\0b", true],
    ].map(([path, isOnlyOurs]): [string, Case] => [
      `the path ${JSON.stringify(path)}`,
      {
        files: but((files) => ({ [sha256]: text(files, sha256) + line(String(path)) })),
        faults: ["error path-unsafe manifest-sha256.txt"],
        // What is dangerous elsewhere is missing here, so it is no valid bag for either.
        ...(isOnlyOurs === true ? { peer: false } : {}),
      },
    ]),
  ),
  "a dangerous path in a tag manifest": {
    files: but((files) => ({ "tagmanifest-sha256.txt": tagLines(files as FileMap, "sha256") + line("../x") })),
    faults: ["error path-unsafe tagmanifest-sha256.txt"],
  },
  "a link out of the bag": {
    files: oneAlgorithm({ payload: { "a.txt": "alpha\n" } }),
    change: (folder) => {
      rmSync(join(folder, "data/a.txt"));
      symlinkSync("/etc/hostname", join(folder, "data/a.txt"));
    },
    faults: ["error file-missing data/a.txt", "error path-unsafe data/a.txt"],
  },
  "a link within the bag": {
    files: oneAlgorithm({ payload: { "a.txt": "alpha\n", "b.txt": "alpha\n" } }),
    change: (folder) => {
      rmSync(join(folder, "data/a.txt"));
      symlinkSync("b.txt", join(folder, "data/a.txt"));
    },
    faults: ["warning form-discouraged data/a.txt"],
  },
  "a link to nothing, and one to a folder": {
    files: plain(),
    change: (folder) => {
      symlinkSync("nothing", join(folder, "data/dangling"));
      symlinkSync("..", join(folder, "data/loop"));
    },
    faults: ["error path-unsafe data/dangling", "warning form-discouraged data/loop"],
  },
  "a pipe that is listed": {
    files: but((files) => ({ [sha256]: text(files, sha256) + line("data/pipe") }), oneAlgorithm()),
    change: (folder) => execFileSync("mkfifo", [join(folder, "data/pipe")]),
    faults: ["error file-missing data/pipe", "error path-unsafe data/pipe"],
    // It would wait for a writer for ever.
    peer: "not asked",
  },
  "a socket": {
    files: plain(),
    change: (folder) => void listen(join(folder, "data/s")),
    faults: ["error path-unsafe data/s"],
  },

  // Tag manifests.
  "a tag file is other": {
    files: but(
      () => ({ "bag-info.txt": "Contact-Name: Eve\n" }),
      bagFiles({ tagAlgorithms: ["sha256"], info: "Contact-Name: Eva\n" }),
    ),
    faults: ["error file-corrupt bag-info.txt"],
  },
  "a tag file is other, before 0.97": {
    files: but(
      () => ({ "bag-info.txt": "Contact-Name: Eve\n" }),
      old("0.96", { tagAlgorithms: ["md5"], info: "Contact-Name: Eva\n" }),
    ),
    faults: ["error file-corrupt bag-info.txt"],
    // It reads tag manifests from 0.97 on.
    peer: true,
  },
  "a tag file is missing": {
    files: but((files) => ({
      "tagmanifest-sha256.txt": tagLines({ ...(files as FileMap), "notes/x.md": "x" }, "sha256"),
    })),
    faults: ["error file-missing notes/x.md"],
  },
  "a tag file that no tag manifest lists": {
    files: { ...bagFiles({ tagAlgorithms: ["sha256"] }), "notes/x.md": "x" },
    faults: ["warning file-unexpected notes/x.md"],
  },
  "tag files without any tag manifest": { files: { ...plain(), "notes/x.md": "x" }, faults: [] },
  "a tag file that one of two tag manifests lists": {
    files: but(
      (files) => ({
        "tagmanifest-sha256.txt": text(files, "tagmanifest-sha256.txt") + line("notes/x.md", "x"),
        "notes/x.md": "x",
      }),
      bagFiles({ tagAlgorithms: ["sha256", "sha512"] }),
    ),
    faults: ["warning form-discouraged notes/x.md"],
  },
  "a tag manifest without a payload manifest": {
    files: but((files) => ({ "tagmanifest-sha256.txt": line("bagit.txt", text(files, "bagit.txt")) }), oneAlgorithm()),
    faults: ["error form-invalid manifest-sha256.txt"],
    peer: true,
  },
  "a tag manifest that lists a tag manifest": {
    files: but(
      (files) => ({
        "tagmanifest-sha256.txt":
          text(files, "tagmanifest-sha256.txt") + line("tagmanifest-sha512.txt", text(files, "tagmanifest-sha512.txt")),
      }),
      bagFiles({ tagAlgorithms: ["sha256", "sha512"] }),
    ),
    faults: ["error form-invalid tagmanifest-sha512.txt"],
    peer: true,
  },
  "a payload file in a tag manifest": {
    files: but(
      (files) => ({ "tagmanifest-sha256.txt": text(files, "tagmanifest-sha256.txt") + line("data/a.txt") }),
      bagFiles({ tagAlgorithms: ["sha256"] }),
    ),
    faults: ["error form-invalid tagmanifest-sha256.txt"],
  },

  // bag-info.txt.
  "metadata over several lines": {
    files: bagFiles({ info: "External-Description: one\n  two: three\nPayload-Oxum: 12.2\n" }),
    faults: [],
  },
  "metadata without a colon": { files: bagFiles({ info: "Contact\n" }), faults: ["error form-invalid bag-info.txt"] },
  "metadata with other blanks": {
    files: bagFiles({ info: "Contact-Name :Eva\n" }),
    faults: ["warning form-discouraged bag-info.txt"],
  },
  "metadata with other blanks, before 1.0": { files: old("0.97", { info: "Contact-Name :  Eva\n" }), faults: [] },
  "metadata that are no UTF-8": {
    files: bagFiles({}),
    change: (folder) => layFiles(folder, { "bag-info.txt": Buffer.from([0x61, 0x3a, 0xff]) }),
    faults: ["error form-invalid bag-info.txt"],
  },
  "an Oxum of more files": {
    files: bagFiles({ info: "Payload-Oxum: 12.3\n" }),
    faults: ["error oxum-differs bag-info.txt"],
  },
  "an Oxum of more bytes": {
    files: bagFiles({ info: "Payload-Oxum: 13.2\n" }),
    faults: ["error oxum-differs bag-info.txt"],
  },
  "an Oxum that is none": {
    files: bagFiles({ info: "Payload-Oxum: many.2\n" }),
    faults: ["error form-invalid bag-info.txt"],
  },
  "two Oxums": {
    files: bagFiles({ info: "Payload-Oxum: 12.2\nPayload-Oxum: 12.2\n" }),
    faults: ["error form-invalid bag-info.txt"],
    // It warns and takes the first.
    peer: true,
  },
  "an Oxum in package-info.txt, before 0.96": {
    files: { ...old("0.95"), "package-info.txt": "Payload-Oxum: 12.3\n" },
    faults: ["error oxum-differs package-info.txt"],
  },
  "fast, and as counted": {
    files: but(() => ({ "data/a.txt": "ALPHA\n" }), bagFiles({ info: "Payload-Oxum: 12.2\n" })),
    depth: "fast",
    faults: [],
  },
  "fast, and a byte more": {
    files: but(() => ({ "data/a.txt": "alpha!\n" }), bagFiles({ info: "Payload-Oxum: 12.2\n" })),
    depth: "fast",
    faults: ["error oxum-differs bag-info.txt"],
  },
  "fast, and no Oxum": { files: plain(), depth: "fast", faults: ["error form-invalid bag-info.txt"] },

  // fetch.txt.
  "a file is still to be fetched": {
    files: but(
      () => ({ "data/a.txt": undefined, "fetch.txt": "https://example.org/a.txt 6 data/a.txt\n" }),
      bagFiles({ info: "Payload-Oxum: 12.2\n" }),
    ),
    faults: ["error file-remote data/a.txt"],
  },
  "a file of unknown length is still to be fetched": {
    files: but(
      () => ({ "data/a.txt": undefined, "fetch.txt": "https://example.org/a.txt\t-  data/a.txt\n" }),
      bagFiles({ info: "Payload-Oxum: 12.2\n" }),
    ),
    depth: "fast",
    faults: ["error file-remote data/a.txt"],
  },
  "what was to be fetched is there": {
    files: but(() => ({ "fetch.txt": "https://example.org/a.txt 6 data/a.txt\n" })),
    faults: [],
  },
  "what was to be fetched is there, with another length": {
    files: but(() => ({ "fetch.txt": "https://example.org/a.txt 7 data/a.txt\n" })),
    faults: ["warning form-discouraged data/a.txt"],
  },
  "a file to be fetched that no manifest lists": {
    files: but(() => ({ "fetch.txt": "https://example.org/x 7 data/x\n" })),
    faults: ["error file-remote data/x", "error form-invalid data/x"],
    peer: true,
  },
  "a URL that is not absolute": {
    files: but(() => ({ "fetch.txt": "//example.org/a 6 data/a.txt\n" })),
    faults: ["error form-invalid fetch.txt"],
  },
  "a length that is none": {
    files: but(() => ({ "fetch.txt": "https://example.org/a six data/a.txt\n" })),
    faults: ["error form-invalid fetch.txt"],
    peer: true,
  },
  "a line of two fields": {
    files: but(() => ({ "fetch.txt": "https://example.org/a 6\n" })),
    faults: ["error form-invalid fetch.txt"],
  },
  "a tag file to be fetched": {
    files: but(() => ({ "fetch.txt": "https://example.org/a 6 bag-info.txt\n" })),
    faults: ["error form-invalid fetch.txt"],
    peer: true,
  },
  "a dangerous path to be fetched": {
    files: but(() => ({ "fetch.txt": "https://example.org/a 6 ../../x\n" })),
    faults: ["error path-unsafe fetch.txt"],
  },
};

const servers: Server[] = [];
function listen(path: string): void {
  const server = createServer();
  server.listen(path);
  servers.push(server);
}
afterAll(() => {
  for (const server of servers) server.close();
});

const folders = new Map<string, string>();

/** The folder of a case; both judges see the same. */
function folderOf(name: string, { files, change }: Case): string {
  const known = folders.get(name);
  if (known !== undefined) return known;
  const folder = layFiles(newFolder(), files);
  change?.(folder);
  folders.set(name, folder);
  return folder;
}

test.each(Object.entries(cases))("%s", async (name, one) => {
  const check = await checkBagFolder(folderOf(name, one), { depth: one.depth ?? "full" });
  const told = check.faults.map(({ severity, code, path }) => `${severity} ${code} ${path ?? "-"}`);
  expect(told.sort(), JSON.stringify(check.faults)).toEqual([...one.faults].sort());
  expect(check.valid).toBe(!one.faults.some((fault) => fault.startsWith("error")));
});

test("what is no folder can not be checked, which says nothing of it", async () => {
  const check = checkBagFolder(join(newFolder(), "nothing"), { depth: "full" });
  await expect(check).rejects.toMatchObject({ code: "input-unreadable" });
});

test("a check that is stopped ends as an interruption", async () => {
  const folder = layFiles(newFolder(), plain());
  const check = checkBagFolder(folder, { depth: "full", signal: AbortSignal.abort() });
  await expect(check).rejects.toMatchObject({ code: "interrupted" });
});

needBagit()("bagit-python", () => {
  test("says the same, but where the table says why not", async () => {
    const asked = Object.entries(cases).filter(([, { peer }]) => peer !== "not asked");
    const verdicts = await judgeBags(asked.map(([name, one]) => [folderOf(name, one), one.depth ?? "full"]));
    const told = asked.map(([name], index) => `${name}: ${verdicts[index]?.valid}`);
    const expected = asked.map(([name, { peer, faults }]) => {
      return `${name}: ${peer ?? !faults.some((fault) => fault.startsWith("error"))}`;
    });
    expect(told).toEqual(expected);
  });
});
