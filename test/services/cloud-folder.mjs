import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Object stores that run here: the newest versions that do so on Node 20. */
export const cloudServers = { s3rver: "3.7.1", azurite: "3.35.0" };

/** The providers' own clients: the judges of the servers that stand for their hosts. */
export const cloudClients = ["boto3==1.44.8", "google-cloud-storage==3.17.1", "azure-storage-blob==12.31.1"];

/** Where `install-cloud.mjs` puts them: a folder of this user's own. */
export const cloudFolder = join(tmpdir(), `wholesource-services-${userInfo().username}`, "cloud-1");
