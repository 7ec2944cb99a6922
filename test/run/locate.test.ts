/** Where bytes are: real stores, real archives, and a stand-in of Software Heritage over a real repository. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, chmod, cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { archive } from "../../src/run/archive.ts";
import { digestArgument, type LocateOptions, locate, wantedDigests, wantedOfManifest } from "../../src/run/locate.ts";
import { FILES_MAX } from "../../src/run/locate-wanted.ts";
import { openManifest } from "../../src/run/source.ts";
import { need } from "../services/need.ts";
import { startSwh } from "../services/swh.ts";
import { apache, entry, folder, hurried, sha256, write, writeManifest } from "./release.ts";

const sha512 = (bytes: string): string => createHash("sha512").update(bytes).digest("hex");
const gitBlob = (bytes: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(bytes)}\0${bytes}`)
    .digest("hex");

/** An environment without a store of the user. */
async function nowhere(): Promise<{ readonly [name: string]: string }> {
  return { XDG_DATA_HOME: await folder(), HOME: await folder() };
}

/** What was said of each file, in short. */
async function statuses(digests: readonly string[], options: LocateOptions): Promise<readonly string[]> {
  const wanted = wantedDigests(digests.map((text) => digestArgument(text) ?? {}));
  const { files } = await locate(wanted, { remote: false, environment: await nowhere(), ...options });
  return files.map(({ status }) => status);
}

const source = (path: string) =>
  openManifest(path, { cwd: "/", stdin: (async function* () {})(), http: () => Promise.reject(new Error("no http")) });

/** A release of two files that are there, and one archive of it. */
async function archived(form: "bag" | "tar" | "oci") {
  const at = await folder();
  const big = "w".repeat(2 * 1024 * 1024);
  await write(at, "weights/w.bin", big);
  await write(at, "weights/a % b.txt", "small\n");
  await write(at, "weights/LICENSE", apache);
  const files = [entry("w.bin", big), entry("a % b.txt", "small\n"), entry("LICENSE", apache)];
  const manifest = await writeManifest(at, [{ id: "weights", locations: ["./weights"], files }]);
  const to = join(await folder(), form === "tar" ? "kept.tar" : "kept");
  await archive(await source(manifest), { to, form, time: "2026-01-02T03:04:05.000Z" });
  return { to, manifest, big };
}

test("digests as they are written", () => {
  const hex = sha256("x");
  expect(digestArgument(hex)).toEqual({ sha256: hex });
  expect(digestArgument(`SHA-256:${hex.toUpperCase()}`)).toEqual({ sha256: hex });
  expect(digestArgument(`sha512:${sha512("x")}`)).toEqual({ sha512: sha512("x") });
  expect(digestArgument(`gitBlob:${gitBlob("x")}`)).toEqual({ gitBlob: gitBlob("x") });
  expect(digestArgument(`swh:1:cnt:${gitBlob("x")};origin=https://a.example`)).toEqual({
    swhid: `swh:1:cnt:${gitBlob("x")}`,
  });
  expect(digestArgument("path/to/release")).toBeUndefined();
  for (const wrong of ["sha256:12", `sha256:${"0".repeat(64)}`, `md5:${"1".repeat(32)}`, `swh:1:dir:${gitBlob("x")}`]) {
    expect(() => digestArgument(wrong), wrong).toThrow(/no digest/);
  }
});

test("a store is asked by sha256, and is not changed", async () => {
  const at = await folder();
  const store = await openStore(at);
  const aside = await store.aside();
  await aside.write(Buffer.from("kept"));
  await aside.commit(sha256("kept"));
  await store.close();
  expect(await statuses([sha256("kept"), sha256("other")], { store: at })).toEqual(["found", "nowhere"]);
  // Nobody can say it of a digest that the store does not go by.
  expect(await statuses([`sha512:${sha512("kept")}`], { store: at })).toEqual(["unknown"]);
  expect(await statuses([sha256("kept")], { environment: { ...(await nowhere()), WHOLESOURCE_STORE: at } })).toEqual([
    "found",
  ]);
  const data = await folder();
  await rename(at, join(data, "moved"));
  // A store that was named and is not there has not said no.
  expect(await statuses([sha256("kept")], { store: at })).toEqual(["unknown"]);
  await cp(join(data, "moved"), join(data, "wholesource/store"), { recursive: true });
  expect(await statuses([sha256("kept")], { environment: { XDG_DATA_HOME: data } })).toEqual(["found"]);
  await expect(statuses([sha256("kept")], {})).rejects.toThrow("no place to look in");

  const blob = join(data, "moved/blobs/sha256", sha256("kept").slice(0, 2), sha256("kept"));
  await chmod(blob, 0o600);
  await appendFile(blob, "rot");
  const wanted = { ...wantedDigests([]), files: [{ digest: { sha256: sha256("kept") }, size: 4 }] };
  const { files } = await locate(wanted, { remote: false, store: join(data, "moved"), environment: await nowhere() });
  expect(files[0]?.answers[0]?.reason).toBe("its copy has another size: declared are 4 bytes, the store has 7");
});

test("a bag is asked by its lists; what it lists and does not have is not there", async () => {
  const { to, big, manifest } = await archived("bag");
  const digests = [sha256(big), `sha512:${sha512("small\n")}`, sha256("not there"), `gitBlob:${gitBlob(big)}`];
  const asked = { archives: [to] };
  expect(await statuses(digests, asked)).toEqual(["found", "found", "nowhere", "unknown"]);
  const wanted = await wantedOfManifest(await source(manifest), {});
  const whole = await locate(wanted, { ...asked, remote: false, environment: await nowhere() });
  expect(whole.summary).toEqual({ found: 3, nowhere: 0, unknown: 0, exitCode: 0 });
  expect(whole.files.map(({ answers }) => answers[0]?.at)).toContain(join(to, "data/weights/a % b.txt"));

  await rm(join(to, "data/weights/a % b.txt"), { force: true });
  const gone = await locate(wanted, { ...asked, remote: false, environment: await nowhere() });
  expect(gone.summary).toMatchObject({ found: 2, nowhere: 1, exitCode: 1 });
  expect(gone.files.find(({ status }) => status === "nowhere")?.answers[0]?.reason).toMatch(
    /is listed as .* is not there/,
  );

  // A list that breaks off may have had it.
  await chmod(join(to, "manifest-sha256.txt"), 0o600);
  await writeFile(join(to, "manifest-sha256.txt"), Buffer.from([0xff, 0xfe, 0x00]));
  await rm(join(to, "manifest-sha512.txt"), { force: true });
  expect(await statuses([sha256("not there")], asked)).toEqual(["unknown"]);
});

test("a packed archive, a layout, and a folder of archives", async () => {
  const packed = await archived("tar");
  expect(await statuses([sha256(packed.big), sha256("no")], { archives: [packed.to] })).toEqual(["found", "nowhere"]);
  const oci = await archived("oci");
  expect(await statuses([sha256(oci.big), sha256("small\n")], { archives: [oci.to] })).toEqual(["found", "unknown"]);
  const shelf = await folder();
  await cp(packed.to, join(shelf, "one.tar"));
  await cp((await archived("bag")).to, join(shelf, "two"), { recursive: true });
  await writeFile(join(shelf, "notes.txt"), "no archive");
  const wanted = wantedDigests([{ sha256: sha256("small\n") }]);
  const both = await locate(wanted, { archives: [shelf], remote: false, environment: await nowhere() });
  expect(both.files[0]?.answers.map(({ status, at }) => [status, at])).toEqual([
    ["found", "data/weights/a % b.txt"],
    ["found", join(shelf, "two/data/weights/a % b.txt")],
  ]);
  // A tar that ends too early, and nothing at all.
  const bytes = await readFile(packed.to);
  await writeFile(join(shelf, "one.tar"), bytes.subarray(0, bytes.length / 2));
  expect(await statuses([sha256("no")], { archives: [join(shelf, "one.tar")] })).toEqual(["unknown"]);
  expect(await statuses([sha256("no")], { archives: [join(shelf, "none")] })).toEqual(["unknown"]);
  expect(await statuses([sha256("no")], { archives: [await folder()] })).toEqual(["unknown"]);
});

test("a manifest is every declared file, those of listings too; more than can be held are counted", async () => {
  const at = await folder();
  const line = (number: number): string => `${sha256(String(number))}  f/${number}\n`;
  const many = Array.from({ length: FILES_MAX + 10 }, (_, number) => line(number)).join("");
  await write(at, "files.sha256", many);
  const listing = { uri: "files.sha256", format: "sha256sums", digest: { sha256: sha256(many) } };
  const manifest = await writeManifest(at, [
    { id: "one", locations: ["./one"], files: [entry("a", "a"), { path: "bare" }] },
    { id: "many", locations: ["./many"], listing },
  ]);
  const wanted = await wantedOfManifest(await source(manifest), {});
  expect(wanted.files[0]).toEqual({ digest: { sha256: sha256("a") }, size: 1, piece: "one", path: "a" });
  expect([wanted.files.length, wanted.filesOmitted, wanted.filesUndeclared]).toEqual([FILES_MAX, 11, 1]);
  await appendFile(join(at, "files.sha256"), line(-1));
  const other = await wantedOfManifest(await source(manifest), {});
  expect(other.files.length).toBe(1);
  expect(other.unread).toMatchObject([{ piece: "many" }]);
});

describe("Software Heritage", () => {
  need("git")("is asked by git's digest and by sha256", () => {
    const world = async () => {
      const at = await folder();
      const git = (...argv: readonly string[]) => execFileSync("git", ["-C", at, ...argv], { encoding: "utf8" });
      git("init", "-q");
      await write(at, "kept.txt", "kept\n");
      git("add", ".");
      git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "kept");
      const server = await startSwh(at);
      onTestFinished(() => server.close());
      const options = { ...hurried, remote: true, endpoints: { swh: server.url } } as const;
      const content = (text: string, checksums: object) =>
        server.override(`content/sha256:${sha256(text)}/`, { status: 200, body: { checksums, length: 1 } });
      return { server, options, content };
    };

    test("found, not there, and not told", async () => {
      const { server, options, content } = await world();
      content("kept\n", { sha256: sha256("kept\n"), sha1_git: gitBlob("kept\n"), sha1: "x" });
      content("false", { sha256: sha256("kept\n"), sha1_git: gitBlob("kept\n") });
      const digests = [
        `gitBlob:${gitBlob("kept\n")}`,
        `swh:1:cnt:${gitBlob("other")}`,
        sha256("kept\n"),
        sha256("other"),
        // An answer for another file is none.
        sha256("false"),
        `sha512:${sha512("kept\n")}`,
      ];
      expect(await statuses(digests, options)).toEqual(["found", "nowhere", "found", "nowhere", "unknown", "unknown"]);
      expect(server.asked.filter(({ url }) => url.endsWith("/known/")).length).toBe(1);
    });

    test("a host that turns us away has not said no, and is not asked on and on", async () => {
      const { server, options } = await world();
      for (const text of ["a", "b", "c"]) {
        server.override(`content/sha256:${sha256(text)}/`, { status: 503, body: { reason: "busy" } });
      }
      server.override("known/", { status: 429, body: { exception: "Throttled", reason: "later" } });
      const digests = [sha256("a"), sha256("b"), sha256("c")];
      expect(await statuses(digests, { ...options, retries: 0 })).toEqual(["unknown", "unknown", "unknown"]);
      expect(server.asked.length).toBe(1);
      expect(await statuses([`gitBlob:${gitBlob("kept\n")}`], { ...options, retries: 0 })).toEqual(["unknown"]);
      // A web server that is not the archive says 404 of everything.
      server.override(`content/sha256:${sha256("d")}/`, { status: 404, body: { message: "not found" } });
      expect(await statuses([sha256("d")], options)).toEqual(["unknown"]);
    });
  });
});
