import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Clients of research repositories and of OAI-PMH, which tell whether our servers answer as the hosts do. */
export const researchPackages = ["pooch==1.9.0", "osfclient==0.0.5", "sickle==0.7.0"];

/** Where `install-research.mjs` puts them: a folder of this user's own. */
export const researchFolder = join(tmpdir(), `wholesource-services-${userInfo().username}`, "research-1");
