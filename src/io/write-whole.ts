import { open, rename, rm } from "node:fs/promises";

/** Writes a text into a new file aside, onto the disk, and then under its name: whole or not at all. */
export async function writeAside(target: string, aside: string, text: string): Promise<void> {
  try {
    const handle = await open(aside, "wx", 0o666);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, target);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
