/** Runs contestants in turns and takes medians. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { find } from "./programs.mjs";

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {readonly string[]} argv
 * @property {string} [cwd]
 * @property {readonly string[]} [needs] Programs without which it is left out.
 * @property {() => void} [before] Not measured.
 * @property {string} [expect] What it has to print: a digest that shows that it read the bytes.
 *
 * @typedef {object} Contest The first contestant is ours, or what the others are compared with.
 * @property {string} title
 * @property {readonly Contestant[]} contestants
 * @property {number} [bytes] Payload of one run, for a rate.
 * @property {number} [files]
 * @property {number} [rounds]
 * @property {readonly Goal[]} goals
 *
 * @typedef {{ kind: "faster", than: readonly string[], factor: number }
 *   | { kind: "memory", mebibytes: number }
 *   | { kind: "seconds-by", of: string, factor: number }} Goal
 *
 * @typedef {{ program: string, work: string, quick: boolean }} Context
 * @typedef {(context: Context) => AsyncGenerator<Contest, void, void>} Case
 *
 * @typedef {{ seconds: number, cpuSeconds?: number, mebibytes?: number }} Run
 * @typedef {{ name: string, runs: readonly Run[], seconds: number, cpuSeconds?: number, mebibytes?: number, ratio: number }} Line
 * @typedef {{ title: string, rounds: number, lines: readonly Line[], absent: readonly string[], failures: readonly string[] }} Result
 */

/** Tells memory and processor time; without it only the wall time is known. */
const timer = existsSync("/usr/bin/time") ? "/usr/bin/time" : undefined;

/**
 * @param {Contest} contest
 * @param {number} rounds
 * @returns {Promise<Result>}
 */
export async function runContest(contest, rounds) {
  const present = contest.contestants.filter(({ needs = [] }) => needs.every((program) => find(program) !== undefined));
  const absent = contest.contestants.filter((one) => !present.includes(one)).map(({ name }) => name);
  /** @type {Map<string, Run[]>} */
  const runs = new Map(present.map(({ name }) => [name, []]));
  /** @type {string[]} */
  const failures = [];
  for (let round = -1; round < rounds; round++) {
    const turn = round % 2 === 0 ? present : present.toReversed();
    for (const contestant of turn) {
      if (failures.some((failure) => failure.startsWith(`${contestant.name}:`))) continue;
      try {
        const run = await runOnce(contestant);
        if (round >= 0) runs.get(contestant.name)?.push(run);
      } catch (error) {
        failures.push(`${contestant.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  const ours = runs.get(present[0]?.name ?? "") ?? [];
  const lines = present.map(({ name }) => {
    const own = runs.get(name) ?? [];
    const ratios = own.map(({ seconds }, round) => seconds / (ours[round]?.seconds ?? Number.NaN));
    return {
      name,
      runs: own,
      seconds: median(own.map(({ seconds }) => seconds)),
      cpuSeconds: median(own.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN)),
      mebibytes: Math.max(...own.map(({ mebibytes }) => mebibytes ?? Number.NaN)),
      ratio: median(ratios),
    };
  });
  return { title: contest.title, rounds, lines, absent, failures };
}

/**
 * One whole process, start-up included. What it prints is read and thrown away; of its errors the end is kept.
 * @param {Contestant} contestant
 * @returns {Promise<Run>}
 */
async function runOnce({ argv, cwd, before, expect }) {
  before?.();
  const folder = mkdtempSync(join(tmpdir(), "wholesource-time-"));
  const told = join(folder, "time");
  const [command = "", ...args] = timer === undefined ? argv : [timer, "-o", told, "-f", "%M %U %S", ...argv];
  try {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said = (said + chunk).slice(-2000);
    });
    child.stderr.on("data", (chunk) => {
      said = (said + chunk).slice(-2000);
    });
    const code = await new Promise((done, fail) => {
      child.on("error", fail);
      child.on("close", done);
    });
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (code !== 0) throw new Error(`ended with ${code}\n${said}`);
    if (expect !== undefined && !said.includes(expect)) throw new Error(`did not print ${expect}\n${said}`);
    if (timer === undefined) return { seconds };
    const [kibibytes = Number.NaN, user = Number.NaN, system = Number.NaN] = readFileSync(told, "utf8")
      .trim()
      .split(" ")
      .map(Number);
    return { seconds, cpuSeconds: user + system, mebibytes: kibibytes / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
