/** The server that stands for Software Heritage is right when the archive's own client and model say so. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { need } from "./need.ts";
import { needSwhClient, runSwhPython, type SwhServer, startSwh } from "./swh.ts";
import { makeRepository, type Repository } from "./swh-repository.ts";

const script = `
import json, sys
from swh.web.client.client import WebAPIClient
from swh.model.model import Snapshot, SnapshotBranch, SnapshotTargetType, Directory, DirectoryEntry
from swh.model.hashutil import hash_to_bytes
url, rev, tag, snp, blob = sys.argv[1:]
client = WebAPIClient(url, bearer_token="t")
revision = client.get("swh:1:rev:" + rev)
release = client.get("swh:1:rel:" + tag)
pages = list(client.snapshot("swh:1:snp:" + snp, typify=False))
branches = {name: branch for page in pages for name, branch in page.items()}
model = Snapshot(branches={
    name.encode(): SnapshotBranch(
        target=b["target"].encode() if b["target_type"] == "alias" else hash_to_bytes(b["target"]),
        target_type=SnapshotTargetType(b["target_type"])) for name, b in branches.items()})
listed = client.get(str(revision["directory"]))
raw = client.get(str(revision["directory"]), typify=False)
directory = Directory(entries=tuple(
    DirectoryEntry(name=e["name"].encode(), type=e["type"], target=hash_to_bytes(e["target"]), perms=e["perms"])
    for e in raw))
content = client.content("swh:1:cnt:" + blob)
known = client.known(["swh:1:rev:" + rev, "swh:1:cnt:" + "0" * 40])
print(json.dumps({
    "directory": [str(revision["directory"]), str(directory.swhid()), len(listed)],
    "release": [release["name"], str(release["target"])],
    "snapshot": [str(model.swhid()), len(pages)],
    "content": [content["length"], content["checksums"]["sha1_git"], b"".join(client.content_raw("swh:1:cnt:" + blob)).decode()],
    "exists": client.revision_exists("swh:1:rev:" + rev),
    "known": {str(k): v["known"] for k, v in known.items()},
    "saved": client.origin_save("git", "https://example.org/a/b")["save_request_status"],
}))
`;

needSwhClient()("the archive's own client", () => {
  need("git")("on the server", () => {
    let repository: Repository;
    let server: SwhServer;
    beforeAll(async () => {
      repository = makeRepository();
      server = await startSwh(repository.folder, { pageSize: 2 });
    });
    afterAll(async () => {
      await server.close();
      repository.close();
    });

    test("reads every kind of object, and computes the same identifiers", async () => {
      const [rev, tag, tree, blob] = ["main", "v1", "main^{tree}", "main:LICENSE"].map((name) =>
        repository.git("rev-parse", name),
      );
      const snp = server.snapshot();
      const told: unknown = JSON.parse(await runSwhPython(script, server.url, rev ?? "", tag ?? "", snp, blob ?? ""));
      expect(told).toEqual({
        directory: [`swh:1:dir:${tree}`, `swh:1:dir:${tree}`, 7],
        release: ["v1", `swh:1:rev:${rev}`],
        snapshot: [`swh:1:snp:${snp}`, 3],
        content: [11, blob, "some terms\n"],
        exists: true,
        known: { [`swh:1:rev:${rev}`]: true, [`swh:1:cnt:${"0".repeat(40)}`]: false },
        saved: "accepted",
      });
      expect(server.asked.every(({ authorization }) => authorization === "Bearer t")).toBe(true);
      expect(server.saved).toEqual(["https://example.org/a/b"]);
    });
  });
});
