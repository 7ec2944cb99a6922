/** The licence field of package files. Read line by line where a full parser would be more than is asked. */
import type { LicenseSighting } from "../model/evidence.ts";
import { parseLicense } from "../model/license.ts";
import { yamlValues } from "./yaml-values.ts";

/** One value that a field states, and where. */
interface Field {
  readonly raw: string;
  readonly line: number;
}

/** Longest value that is kept, in UTF-16 units. */
const rawLimit = 1000;
/** Values of one list field that are read. */
const listLimit = 20;

/** Reads what a package file says of its licence; no sighting where it is silent. */
export function readMetadata(path: string, text: string): LicenseSighting[] {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return fieldsOf(name, text).map(({ raw, line }) => {
    const parsed = parseLicense(raw);
    const common = { source: "metadata", path, line, raw: raw.slice(0, rawLimit) } as const;
    return "expression" in parsed && parsed.expression !== undefined
      ? { ...common, expression: parsed.expression, verdict: "exact" }
      : { ...common, verdict: "unknown" };
  });
}

function fieldsOf(name: string, text: string): readonly Field[] {
  if (name === "package.json") return fromPackageJson(text);
  if (name === "pyproject.toml") return fromToml(text, ["[project]", "[tool.poetry]"]);
  if (name === "cargo.toml") return fromToml(text, ["[package]", "[workspace.package]"]);
  return name === "citation.cff" ? fromCitation(text) : [];
}

/** Several licences of a citation file hold together or apart: it does not say. */
function fromCitation(text: string): readonly Field[] {
  const found = yamlValues(text.split(/\r?\n/), "license", listLimit);
  const values = found?.values.filter((value) => value !== "") ?? [];
  return found === undefined || values.length === 0 ? [] : [{ raw: values.join(", "), line: found.line }];
}

function fromPackageJson(text: string): readonly Field[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return [];
  }
  const before = text.slice(0, Math.max(0, text.search(/"licen[cs]es?"\s*:/)));
  const line = before.split("\n").length;
  const old = listOf(property(parsed, "licenses")).slice(0, listLimit);
  const values = [property(parsed, "license") ?? property(parsed, "licence"), ...old];
  const names = values.map((value) => (typeof value === "string" ? value : property(value, "type")));
  const raws = names.filter((value): value is string => typeof value === "string");
  // An old list says "one of these" with some authors and "all of these" with others.
  return raws.length < 2 ? raws.map((raw) => ({ raw, line })) : [{ raw: raws.join(", "), line }];
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const tomlString = String.raw`(?:"([^"\\]*)"|'([^']*)')`;
const tomlLicense = new RegExp(String.raw`^\s*license\s*=\s*(?:\{\s*text\s*=\s*)?${tomlString}`);

function fromToml(text: string, tables: readonly string[]): readonly Field[] {
  let inside = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith("[")) inside = tables.includes(line.replace(/#.*$/, "").trim());
    const match = inside ? tomlLicense.exec(line) : null;
    const raw = match?.[1] ?? match?.[2];
    if (raw !== undefined) return [{ raw, line: index + 1 }];
  }
  return [];
}
