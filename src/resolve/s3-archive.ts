/** Objects that lie in an archive: there, and not to be read before their owner has them restored. */

import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";

/** The storage classes that can not be read at once; `GLACIER_IR` can. */
export const isArchiveClass = (storageClass: string | undefined): boolean =>
  storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";

/** What is said of an archived object. */
export const archivedRefusal = (where: string): Refusal =>
  refuse(
    "archived",
    `the object is archived (\`${where.slice(0, 100)}\`), and has to be restored before it can be read`,
  );

/** Whether the headers of an object say that it can not be read now. */
export function archivedByHeaders(headers: { readonly [name: string]: string }): Refusal | undefined {
  const status = headers["x-amz-archive-status"];
  if (status !== undefined) return archivedRefusal(status);
  const storageClass = headers["x-amz-storage-class"];
  if (!isArchiveClass(storageClass) || storageClass === undefined) return undefined;
  return /ongoing-request="false"/.test(headers["x-amz-restore"] ?? "") ? undefined : archivedRefusal(storageClass);
}
