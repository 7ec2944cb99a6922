/**
 * The house rules of src/README.md, read from the syntax tree: floors, which library may be used where, and what the
 * pure stages may touch.
 */
import { readdirSync, readFileSync } from "node:fs";
import { posix, resolve, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Lowest first. A file may import its own folder and any folder on a lower floor; never sideways, never up. */
const floors = [
  ["model"],
  ["io"],
  ["manifest", "plan", "resolve", "fetch", "digest", "inspect", "license", "records", "judge", "report", "convert"],
  ["archive", "attest", "reproduce", "queue"],
  ["run"],
  ["index.ts"],
  ["cli"],
];
const floorOf = new Map(floors.flatMap((folders, floor) => folders.map((folder) => [folder, floor] as const)));

/** Where each library may be used; `type` stands for `import type` alone. A library without a row may be used nowhere. */
const homes: { readonly [module: string]: readonly (RegExp | { readonly type: RegExp })[] } = {
  "@hpcc-js/wasm-zstd": [/^archive\/zstd-/],
  "@ipld/dag-pb": [/^resolve\/ipfs-/],
  "@multiformats/murmur3": [/^resolve\/ipfs-/],
  "@napi-rs/blake-hash": [/^digest\//],
  "@noble/hashes": [/^digest\//],
  "@zip.js/zip.js": [/^inspect\/formats\//, /^archive\//],
  aws4fetch: [/^io\/http-sign\.ts$/],
  commander: [/^cli\//],
  "get-east-asian-width": [/^model\//, /^report\//, /^cli\//],
  hyparquet: [/^records\//],
  "hyparquet-compressors": [/^records\//],
  "ipaddr.js": [/^io\//],
  "ipfs-unixfs": [/^resolve\/ipfs-/],
  multiformats: [/^resolve\/ipfs-/],
  "packageurl-js": [/^resolve\//, /^convert\//],
  saxes: [/^resolve\/xml\.ts$/],
  "spdx-exceptions": [/^model\//, /^license\//],
  "spdx-expression-parse": [/^model\//, /^license\//],
  "spdx-license-ids": [/^model\//, /^license\//],
  tar: [/^inspect\/formats\//, /^archive\//],
  undici: [/^io\/http[^/]*\.ts$/],
  "xxhash-wasm": [/^archive\/zstd-/],
  yaml: [/^manifest\//, /^convert\//],
  zod: [/^model\//, /^convert\//, /^resolve\//, { type: /^io\/http[^/]*\.ts$|^manifest\// }],
  "node:child_process": [/^io\/process\.ts$/],
};

/** Same input, same answer: no clock, no environment, no network, no disk. Time and bytes come as arguments. */
const pure = /^(?:model|manifest|plan|inspect|license|records|judge|report|convert)\//;
const pureBuiltins = new Set(
  ["assert", "buffer", "crypto", "path", "stream", "string_decoder", "url", "util", "zlib"].map(
    (name) => `node:${name}`,
  ),
);
/** A zip is read from its end, so its reader needs the file; the licence corpus is a file that ships with the program. */
const readsFiles = /^(?:inspect\/formats\/zip[^/]*|license\/corpus)\.ts$/;
const impure = new Set(["Date.now", "new Date()", "Math.random", "performance.now", "fetch", "process"]);
const cliOnly = new Set(["console", "process.exit", "process.exitCode", "process.stdout", "process.stderr"]);
const environment = /^(?:io|run|cli)\//;
const maxLines = 300;

interface Use {
  readonly name: string;
  readonly typeOnly: boolean;
}

/** The modules that a text imports, statically, dynamically, as a type or as a worker. */
function importsOf(source: ts.SourceFile): readonly Use[] {
  const uses: Use[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) uses.push({ name: node.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      if (node.arguments[0] === undefined || !ts.isStringLiteralLike(node.arguments[0])) {
        uses.push({ name: "(computed)", typeOnly: false });
      } else add(node.arguments[0], false);
    } else if (ts.isNewExpression(node) && node.expression.getText(source) === "URL") {
      if (node.arguments?.[1]?.getText(source) === "import.meta.url") add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

/** Every global that a text touches, as `console`, `process`, `process.env`, `Date.now`, `new Date()`, ... */
function globalsOf(source: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      found.add(node.expression.text);
      found.add(`${node.expression.text}.${node.name.text}`);
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) found.add(node.expression.text);
    else if (ts.isNewExpression(node) && node.expression.getText(source) === "Date" && !node.arguments?.length) {
      found.add("new Date()");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const packageOf = (module: string): string =>
  module.startsWith("node:") ? module : module.split("/", module.startsWith("@") ? 2 : 1).join("/");

function importFault(file: string, { name, typeOnly }: Use): string | undefined {
  const own = file.split("/")[0] ?? "";
  if (name === "(computed)") return "an import whose name is computed can not be checked";
  if (name.startsWith(".")) {
    const target = posix.normalize(posix.join(posix.dirname(file), name));
    if (target === "../package.json") return undefined;
    const folder = target.split("/")[0] ?? "";
    if (folder === own) return undefined;
    const [from, to] = [floorOf.get(own), floorOf.get(folder)];
    if (from === undefined) return `${own} has no floor`;
    if (to === undefined) return `imports ${name}, which has no floor`;
    return to < from ? undefined : `imports ${folder}, which is not on a lower floor`;
  }
  const module = packageOf(name);
  const home = homes[module];
  if (home?.some((place) => (place instanceof RegExp ? place.test(file) : typeOnly && place.type.test(file)))) {
    return undefined;
  }
  if (home !== undefined || !module.startsWith("node:")) return `may not use ${module} here`;
  if (!pure.test(file) || pureBuiltins.has(module)) return undefined;
  return readsFiles.test(file) && module.startsWith("node:fs") ? undefined : `may not use ${module} in a pure stage`;
}

function globalFault(file: string, name: string): string | undefined {
  if (cliOnly.has(name) && !file.startsWith("cli/")) return `may not use ${name} outside cli/`;
  if (name === "process.env" && !environment.test(file)) return "may not read the environment here";
  return pure.test(file) && impure.has(name) ? `may not use ${name} in a pure stage` : undefined;
}

function faults(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return [
    ...importsOf(source).map((use) => importFault(file, use)),
    ...[...globalsOf(source)].map((name) => globalFault(file, name)),
    text.split("\n").length > maxLines + 1 ? `has more than ${maxLines} lines` : undefined,
  ].filter((fault) => fault !== undefined);
}

const src = resolve(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.split(sep).join("/"));

test.each(files)("%s keeps the house rules", (file) => {
  expect(faults(file, readFileSync(resolve(src, file), "utf8"))).toEqual([]);
});

describe("the rules can be broken", () => {
  test.each([
    ["judge/a.ts", 'import { b } from "../report/b.ts";'],
    ["model/a.ts", 'import type { B } from "../io/http.ts";'],
    ["io/a.ts", 'export * from "../run/b.ts";'],
    ["run/a.ts", 'const b = await import("../cli/b.ts");'],
    ["run/a.ts", 'const b = await import("../" + name);'],
    ["fetch/a.ts", 'new Worker(new URL("../run/lane-worker.ts", import.meta.url));'],
    ["resolve/resolvers/a.ts", 'type B = import("../../judge/b.ts").B;'],
    ["attic/a.ts", 'import { b } from "../model/b.ts";'],
    ["run/a.ts", 'import { request } from "undici";'],
    ["io/http.ts", 'import { z } from "zod";'],
    ["judge/a.ts", 'const { z } = await import("zod");'],
    ["digest/a.ts", 'import { Parser } from "tar";'],
    ["run/a.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
    ["run/a.ts", 'import { spawn } from "node:child_process";'],
    ["run/a.ts", 'import leftPad from "left-pad";'],
    ["judge/a.ts", 'import { readFile } from "node:fs/promises";'],
    ["inspect/formats/tar.ts", 'import { open } from "node:fs/promises";'],
    ["report/a.ts", "const now = Date.now();"],
    ["report/a.ts", "const now = new Date();"],
    ["plan/a.ts", "if (process.env.HOME) stop();"],
    ["fetch/a.ts", "if (process.env.HOME) stop();"],
    ["manifest/a.ts", "await fetch(url);"],
    ["run/a.ts", 'console.log("x");'],
    ["run/a.ts", "process.exitCode = 1;"],
    ["run/a.ts", "\n".repeat(301)],
  ])("%s: %s", (file, text) => {
    expect(faults(file, text)).not.toEqual([]);
  });

  test.each([
    ["judge/a.ts", 'import { b } from "./b.ts"; import { c } from "../model/c.ts"; const d = new Date(text);'],
    ["cli/a.ts", 'import { verify } from "../index.ts"; console.log(process.env.CI);'],
    ["io/http-agent.ts", 'import { Agent } from "undici"; import type { ZodType } from "zod";'],
    ["inspect/formats/zip.ts", 'import { open } from "node:fs/promises"; import { inflateRaw } from "node:zlib";'],
    ["report/a.ts", "// Date.now() and console.log are only words here\nconst text = 'process.env';"],
  ])("%s may: %s", (file, text) => {
    expect(faults(file, text)).toEqual([]);
  });
});
