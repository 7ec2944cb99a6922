import { printable } from "../../model/printable.ts";
import { bytesText, countText, plural } from "../../model/quantity.ts";
import { collectStore, defaultStore, forgetRelease, listStore } from "../../run/store.ts";
import { type StoreFault, type StoreVerification, verifyStore } from "../../run/store-verify.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { write } from "../output.ts";
import { progressFor } from "../progress.ts";

/** What stands behind the commands below `store`. */
export interface StoreArguments {
  readonly store?: string;
  readonly format?: "text" | "json";
  readonly repair?: boolean;
  readonly dryRun?: boolean;
  readonly concurrency?: number;
  readonly quiet?: boolean;
}

/** Faults that the JSON form names; more are only counted. */
const FAULTS_MAX = 10_000;

const folderOf = ({ store }: StoreArguments): string => store ?? defaultStore(process.env);
const asJson = (value: object): string => `${JSON.stringify({ schemaVersion: "1", ...value }, null, 2)}\n`;

/** `wholesource store list`. */
export async function storeListCommand(options: StoreArguments): Promise<number> {
  const { folder, releases, blobs, bytes } = await listStore(folderOf(options));
  if (options.format === "json") {
    const plain = releases.map(({ name, time, blobs: count, bytes: size }) => ({
      name,
      time,
      blobs: count,
      bytes: size,
    }));
    await write(asJson({ folder, releases: plain, blobs, bytes }));
    return 0;
  }
  const names = releases.map(({ name }) => printable(name));
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = releases.map(
    (release, at) =>
      `${(names[at] ?? "").padEnd(width)}  ${printable(release.time)}  ${plural(release.blobs, "blob")}, ${bytesText(release.bytes)}\n`,
  );
  const total = `${plural(releases.length, "release")}, ${plural(blobs, "blob")}, ${bytesText(bytes)} in ${printable(folder)}\n`;
  await write(lines.join("") + total);
  return 0;
}

/** `wholesource store gc`. */
export async function storeGcCommand(options: StoreArguments): Promise<number> {
  const dryRun = options.dryRun ?? false;
  const interrupt = listenForInterrupt((text) => void process.stderr.write(`wholesource: ${text}\n`));
  try {
    const collected = await collectStore(folderOf(options), { dryRun, signal: interrupt.signal });
    const { blobs, bytes, partials, waiting } = collected;
    if (options.format === "json") await write(asJson({ dryRun, ...collected }));
    else {
      const verb = dryRun ? "would remove" : "removed";
      const more = partials === 0 ? "" : ` and ${plural(partials, "unfinished file")}`;
      const rest =
        waiting.blobs === 0
          ? ""
          : `${plural(waiting.blobs, "blob")}, ${bytesText(waiting.bytes)}, stay: no release needs them yet, but they are young or in use\n`;
      await write(`${verb} ${plural(blobs, "blob")}, ${bytesText(bytes)}${more}\n${rest}`);
    }
    return 0;
  } catch (error) {
    const code = interrupt.exitCode();
    if (code !== undefined) return code;
    throw error;
  } finally {
    interrupt.stop();
  }
}

/** `wholesource store forget`. */
export async function storeForgetCommand(release: string, options: StoreArguments): Promise<number> {
  await forgetRelease(folderOf(options), release);
  await write(
    options.format === "json"
      ? asJson({ forgotten: release })
      : `forgot ${printable(release)}; \`wholesource store gc\` removes what only it needed\n`,
  );
  return 0;
}

/** `wholesource store verify`: exit 1 when something is wrong, 3 when something could only not be read. */
export async function storeVerifyCommand(options: StoreArguments): Promise<number> {
  const progress = progressFor(options.quiet ?? false);
  const interrupt = listenForInterrupt((text) => {
    progress.stop();
    process.stderr.write(`wholesource: ${text}\n`);
  });
  const state = { files: 0, bytes: 0 };
  const faults: StoreFault[] = [];
  let written: Promise<unknown> = Promise.resolve();
  const onFault = (fault: StoreFault): void => {
    if (faults.length < FAULTS_MAX) faults.push(fault);
    if (options.format === "json") return;
    progress.stop();
    written = written.then(() => write(faultText(fault)));
    // Awaited below.
    written.catch(() => undefined);
  };
  try {
    progress.start();
    const seen = await verifyStore(folderOf(options), {
      repair: options.repair,
      concurrency: options.concurrency,
      signal: interrupt.signal,
      onFault,
      onBytes: (delta) => {
        state.bytes += delta;
        progress.update(state);
      },
    });
    progress.stop();
    await written;
    await write(options.format === "json" ? asJson({ ...seen, found: faults }) : summary(seen));
    return exitOf(seen);
  } catch (error) {
    const code = interrupt.exitCode();
    if (code !== undefined) return code;
    throw error;
  } finally {
    progress.stop();
    interrupt.stop();
  }
}

function exitOf({ faults }: StoreVerification): number {
  const { unreadable, ...wrong } = faults;
  if (Object.values(wrong).some((count) => count > 0)) return 1;
  return unreadable > 0 ? 3 : 0;
}

function summary({ folder, blobs, bytes, releases, faults }: StoreVerification): string {
  const counts = Object.entries(faults).flatMap(([kind, count]) => (count > 0 ? [`${countText(count)} ${kind}`] : []));
  const verdict = counts.length === 0 ? "all whole" : counts.join(", ");
  return `${plural(blobs, "blob")}, ${bytesText(bytes)}, ${plural(releases, "release")} in ${printable(folder)}: ${verdict}\n`;
}

function faultText(fault: StoreFault): string {
  switch (fault.kind) {
    case "corrupt":
      return lines(`corrupt  ${fault.sha256}`, [
        `measured  ${fault.measured}, ${bytesText(fault.size)}`,
        neededBy(fault.releases),
        ...(fault.quarantined === undefined ? [] : [`set apart  ${fault.quarantined}`]),
      ]);
    case "missing":
      return lines(`missing  ${fault.sha256}`, [neededBy(fault.releases)]);
    case "unreadable":
      return lines(`unreadable  ${fault.sha256}`, [printable(fault.detail), neededBy(fault.releases)]);
    case "unexpected":
      return lines(`unexpected  ${printable(fault.path)}`, []);
    case "list-damaged":
      return lines(`list-damaged  ${printable(fault.path)}`, [printable(fault.detail)]);
  }
}

const neededBy = (releases: readonly string[]): string =>
  releases.length === 0 ? "no release needs it" : `needed by  ${releases.map((name) => printable(name)).join(", ")}`;

const lines = (first: string, rest: readonly string[]): string =>
  `${[first, ...rest.map((line) => `  ${line}`)].join("\n")}\n`;
