/** Containers in an Azurite, made by Microsoft's own client. */
import { type CloudServer, python, startAzurite } from "./cloud.ts";

/** The account that Azurite is born with. */
export const account = "devstoreaccount1";
const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export interface AzureContainer {
  /** What the public may do. */
  readonly access: "container" | "blob" | "nothing";
  readonly blobs: { readonly [name: string]: string };
  /** What is said of the blobs' encoding. */
  readonly contentEncoding?: string;
}

export interface AzureServer extends CloudServer {
  /** A signature that reads and lists for an hour, without the `?`. */
  readonly sas: string;
}

export async function startAzure(containers: { readonly [name: string]: AzureContainer }): Promise<AzureServer> {
  const server = await startAzurite();
  try {
    const sas = await python(
      `
import datetime, json, os
from azure.storage.blob import AccountSasPermissions, BlobServiceClient, ContentSettings, ResourceTypes, generate_account_sas
account, key = "${account}", "${key}"
service = BlobServiceClient("${server.url}" + account, credential={"account_name": account, "account_key": key})
for name, of in json.loads(os.environ["CONTAINERS"]).items():
    container = service.create_container(name, public_access=None if of["access"] == "nothing" else of["access"])
    said = ContentSettings(content_encoding=of["contentEncoding"]) if "contentEncoding" in of else None
    for blob, text in of["blobs"].items(): container.upload_blob(blob, text.encode("latin-1" if said else "utf-8"), content_settings=said)
until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
print(json.dumps(generate_account_sas(account, key, ResourceTypes(container=True, object=True), AccountSasPermissions(read=True, list=True), until)))
`,
      { CONTAINERS: JSON.stringify(containers) },
    );
    if (typeof sas !== "string") throw new Error("no signature");
    return { ...server, sas };
  } catch (error) {
    await server.close();
    throw error;
  }
}
