/**
 * What a person at a shell sees: each `## ` section of the Markdown files here is a command and what it says.
 * `UPDATE=1` writes what it says now; read the difference before you keep it.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { test } from "vitest";
import { VERSION } from "../../src/model/version.ts";

const repository = resolve(import.meta.dirname, "../..");
const update = process.env.UPDATE !== undefined;
const transcripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".md"));

test.concurrent.for(transcripts)("%s", { timeout: 120_000 }, async (name, { expect, onTestFinished }) => {
  const file = join(import.meta.dirname, name);
  const written = readFileSync(file, "utf8");
  const at = desk();
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  const told: string[] = [];
  const [title = "", ...sections] = sectionsOf(written);
  for (const section of sections) {
    const { before, command } = read(section);
    told.push(`${before}${shown(await run(command, at), at)}`);
  }
  const text = title + told.join("\n");
  if (update) writeFileSync(file, text);
  expect(text).toBe(update ? text : written);
  expect(sections.length).toBeGreaterThan(0);
});

/** What stands before the first `## `, and each section; what was told may have headings of its own. */
function sectionsOf(text: string): readonly string[] {
  const sections = [""];
  let isTold = false;
  for (const line of text.split(/(?<=\n)/)) {
    if (line === "~~~text\n") isTold = true;
    if (line === "~~~\n") isTold = false;
    if (!isTold && line.startsWith("## ")) sections.push("");
    sections.push(`${sections.pop()}${line}`);
  }
  return sections;
}

/** A section's words and its command; what follows them is what was told last time. */
function read(section: string): { readonly before: string; readonly command: string } {
  const [before, command] = /^.*?\n```console\n\$ (.*?)\n```\n/s.exec(section) ?? [];
  if (before === undefined || command === undefined) throw new Error(`no command in: ${section}`);
  return { before, command };
}

/** A folder with the samples and nothing else, and `wholesource` in the path. */
function desk(): string {
  const at = mkdtempSync(join(tmpdir(), "wholesource-desk-"));
  cpSync(join(repository, "samples"), join(at, "samples"), { recursive: true });
  mkdirSync(join(at, ".bin"));
  const program = join(repository, "bin/wholesource.js");
  writeFileSync(join(at, ".bin/wholesource"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {
    mode: 0o755,
  });
  return at;
}

interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

function run(command: string, at: string): Promise<Told> {
  const env = {
    PATH: [join(at, ".bin"), process.env.PATH ?? ""].join(delimiter),
    HOME: at,
    LANG: "C.UTF-8",
    COLUMNS: "80",
    // Nobody is asked there: what needs the network is only shown without it.
    npm_config_registry: "https://registry.example/",
  };
  return new Promise((done, fail) => {
    const child = spawn("sh", ["-c", command], { cwd: at, env, stdio: ["ignore", "pipe", "pipe"] });
    const told = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        told[stream] += text;
      });
    }
    child.on("error", fail);
    child.on("close", (code) => done({ ...told, code }));
  });
}

function shown({ stdout, stderr, code }: Told, at: string): string {
  const block = (name: string, text: string): string =>
    text === "" ? "" : `\n${name}:\n\n~~~text\n${settled(text, at)}${text.endsWith("\n") ? "" : "\n"}~~~\n`;
  return `${block("stdout", stdout)}${block("stderr", stderr)}\nExit code: ${code}\n`;
}

/** Without what differs from run to run and from version to version. */
function settled(text: string, at: string): string {
  return text
    .replaceAll(at, "/desk")
    .replaceAll(/ in \d+(?:\.\d+)? s\b/g, " in 0.0 s")
    .replaceAll(/"timeVerified": "[^"]*"/g, '"timeVerified": "2000-01-01T00:00:00.000Z"')
    .replaceAll(/"durationSeconds": [\d.]+/g, '"durationSeconds": 0')
    .replaceAll(
      new RegExp(`(^|"version": "|wholesource )${VERSION.replaceAll(".", "\\.")}(?=["\\s])`, "gm"),
      "$1VERSION",
    );
}
