/** Archiving: a release behind a server on the loopback becomes a bag, against curl and bagit.py. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listedManifest } from "../data.mjs";
import { serve } from "../nginx.mjs";
import { bagit, bagitMissing } from "./bagit.mjs";
import { pathsOf, releases } from "./release.mjs";

/** @type {import("../rounds.mjs").Case} */
export async function* archive({ program, work, quick }) {
  const root = join(work, "www");
  const out = join(work, "out");
  const sets = releases(root, quick);
  const server = bagit === undefined ? undefined : await serve(root, work);
  if (server === undefined || bagit === undefined) {
    console.log(bagit === undefined ? bagitMissing : "archive: nginx is missing, nothing to measure\n");
    return;
  }
  const before = () => {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
  };
  try {
    for (const release of sets) {
      const { name, title, files, bytes } = release;
      const manifest = join(work, `${name}.json`);
      listedManifest(manifest, { location: `${server.origin}/${name}/`, listing: `./www/${name}.sha256` });
      const config = join(work, `${name}.curl`);
      const folder = join(out, "curl");
      writeFileSync(
        config,
        pathsOf(release)
          .map((path) => `url = "${server.origin}/${name}/${path}"\noutput = "${folder}/${path}"\n`)
          .join(""),
      );
      const curl = `curl -sf --parallel --parallel-max 16 --create-dirs -K ${config}`;
      const peer = "curl, bagit.py";
      yield {
        title: `${title} into a bag`,
        bytes,
        files,
        rounds: 3,
        contestants: [
          {
            name: "wholesource archive",
            argv: ["node", program, "archive", manifest, "--to", join(out, "bag"), "--allow-private", "--quiet"],
            before,
          },
          {
            name: peer,
            argv: ["sh", "-c", `${curl} && ${bagit} --quiet --processes 2 --sha256 --sha512 ${folder}`],
            before,
            needs: ["curl"],
          },
          {
            name: `${peer}, sync`,
            argv: [
              "sh",
              "-c",
              `${curl} && ${bagit} --quiet --processes 2 --sha256 --sha512 ${folder} && sync -f ${folder}`,
            ],
            before,
            needs: ["curl", "sync"],
          },
        ],
        goals: [{ kind: "faster", than: [peer], factor: files > 1_000 ? 3 : 1 }],
      };
    }
  } finally {
    await server.close();
    rmSync(out, { recursive: true, force: true });
  }
}
