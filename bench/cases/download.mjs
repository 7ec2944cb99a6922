/** Download and verify: one stream, a few big files, many small ones, from a server on the loopback. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bigFiles, listedManifest, treeOf } from "../data.mjs";
import { serve } from "../nginx.mjs";

/** @type {import("../rounds.mjs").Case} */
export async function* download({ program, work, quick }) {
  const root = join(work, "www");
  const out = join(work, "out");
  mkdirSync(root, { recursive: true });
  const server = await serve(root, work);
  if (server === undefined) {
    console.log("download: nginx is missing, nothing to measure\n");
    return;
  }
  const mebibyte = 1024 * 1024;
  const emptyOut = () => {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
  };
  /** @param {string} name */
  const verify = (name) => {
    const manifest = join(work, `${name}.json`);
    listedManifest(manifest, { location: `${server.origin}/${name}/`, listing: `./www/${name}.sha256` });
    return ["node", program, "verify", manifest, "--allow-private", "--quiet"];
  };
  /** @param {string} name */
  const urlsOf = (name) =>
    readFileSync(join(root, `${name}.sha256`), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => ({
        sha256: line.slice(0, 64),
        path: line.slice(66),
        url: `${server.origin}/${name}/${line.slice(66)}`,
      }));

  try {
    const oneBytes = (quick ? 512 : 4096) * mebibyte;
    bigFiles(root, "one", 1, oneBytes);
    const { url = "", sha256: expect = "" } = urlsOf("one")[0] ?? {};
    yield {
      title: `one stream of ${oneBytes / mebibyte} MiB`,
      bytes: oneBytes,
      contestants: [
        { name: "wholesource verify", argv: verify("one") },
        {
          name: "curl | openssl",
          argv: ["sh", "-c", `curl -sf ${url} | openssl dgst -sha256`],
          expect,
          needs: ["curl", "openssl"],
        },
        {
          name: "curl | sha256sum",
          argv: ["sh", "-c", `curl -sf ${url} | sha256sum`],
          expect,
          needs: ["curl", "sha256sum"],
        },
      ],
      goals: [
        { kind: "faster", than: ["curl | openssl"], factor: 0.9 },
        { kind: "faster", than: ["curl | sha256sum"], factor: 2.5 },
      ],
    };

    const eachBytes = (quick ? 64 : 512) * mebibyte;
    bigFiles(root, "eight", 8, eachBytes);
    const eight = urlsOf("eight");
    const urls = join(work, "eight.urls");
    const input = join(work, "eight.aria2");
    writeFileSync(urls, eight.map((file) => `${file.url}\n`).join(""));
    writeFileSync(
      input,
      eight.map((file) => `${file.url}\n  out=${file.path}\n  checksum=sha-256=${file.sha256}\n`).join(""),
    );
    yield {
      title: `eight files of ${eachBytes / mebibyte} MiB`,
      bytes: 8 * eachBytes,
      contestants: [
        { name: "wholesource verify", argv: verify("eight") },
        {
          name: "xargs -P2 curl | openssl",
          argv: ["sh", "-c", `xargs -P2 -I@ sh -c 'curl -sf @ | openssl dgst -sha256' < ${urls}`],
          expect: eight.at(0)?.sha256 ?? "",
          needs: ["xargs", "curl", "openssl"],
        },
        {
          name: "aria2c --checksum",
          argv: ["aria2c", "-q", "-j8", "-d", out, "-i", input, "--file-allocation=none", "--no-conf"],
          before: emptyOut,
          needs: ["aria2c"],
        },
      ],
      goals: [{ kind: "faster", than: ["xargs -P2 curl | openssl", "aria2c --checksum"], factor: 1.3 }],
    };

    const count = quick ? 2000 : 20_000;
    treeOf(join(root, "many"), { count, bytes: 64 * 1024 });
    const list = join(work, "many.urls");
    writeFileSync(
      list,
      urlsOf("many")
        .map((file) => `${file.url}\n`)
        .join(""),
    );
    const sums = join(root, "many.sha256");
    yield {
      title: `${count.toLocaleString("en")} files of 64 KiB`,
      bytes: count * 64 * 1024,
      files: count,
      contestants: [
        { name: "wholesource verify", argv: verify("many") },
        {
          name: "wget -i, sha256sum -c",
          argv: [
            "sh",
            "-c",
            `wget -q -x -nH --cut-dirs=1 -P ${out} -i ${list} && cd ${out} && sha256sum --quiet -c ${sums}`,
          ],
          before: emptyOut,
          needs: ["wget", "sha256sum"],
        },
      ],
      goals: [{ kind: "faster", than: ["wget -i, sha256sum -c"], factor: 2 }],
    };
  } finally {
    await server.close();
    rmSync(out, { recursive: true, force: true });
  }
}
