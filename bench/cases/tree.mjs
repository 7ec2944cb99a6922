/** Many files that a list declares: checked against it. */
import { join } from "node:path";
import { listedManifest, treeOf } from "../data.mjs";

/** @type {import("../rounds.mjs").Case} */
export async function* tree({ program, work, quick }) {
  const shapes = [
    { count: quick ? 1000 : 10_000, bytes: 256 * 1024, rhash: 1.7, sha256sum: 6 },
    { count: quick ? 10_000 : 100_000, bytes: 4 * 1024, rhash: 1.0, sha256sum: 2.5 },
  ];
  for (const { count, bytes, rhash, sha256sum } of shapes) {
    const name = `${count}x${bytes}`;
    const folder = join(work, name);
    const list = `${folder}.sha256`;
    const manifest = join(work, `${name}.json`);
    treeOf(folder, { count, bytes });
    listedManifest(manifest, { location: `./${name}`, listing: `./${name}.sha256` });
    yield {
      title: `${count.toLocaleString("en")} files of ${bytes / 1024} KiB against a list`,
      bytes: count * bytes,
      files: count,
      contestants: [
        { name: "wholesource verify", argv: ["node", program, "verify", manifest, "--quiet"] },
        // Without the algorithm it tries all that have digests of this length.
        { name: "rhash -c", argv: ["rhash", "--sha256", "--skip-ok", "-c", list], cwd: folder, needs: ["rhash"] },
        { name: "sha256sum -c", argv: ["sha256sum", "--quiet", "-c", list], cwd: folder, needs: ["sha256sum"] },
        {
          name: "openssl dgst, xargs -P2",
          argv: ["sh", "-c", `cut -c67- ${list} | xargs -P2 -n 200 openssl dgst -sha256`],
          cwd: folder,
          needs: ["openssl", "xargs"],
        },
      ],
      goals: [
        { kind: "faster", than: ["rhash -c"], factor: rhash },
        { kind: "faster", than: ["sha256sum -c"], factor: sha256sum },
      ],
    };
  }
}
