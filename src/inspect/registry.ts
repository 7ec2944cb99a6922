import type { Format } from "./format.ts";
import { gguf } from "./formats/gguf.ts";
import { gzip } from "./formats/gzip.ts";
import { html } from "./formats/html.ts";
import { lfsPointer } from "./formats/lfs-pointer.ts";
import { npy } from "./formats/npy.ts";
import { parquet } from "./formats/parquet.ts";
import { pickle } from "./formats/pickle.ts";
import { png } from "./formats/png.ts";
import { safetensors } from "./formats/safetensors.ts";
import { tar } from "./formats/tar.ts";
import { zip } from "./formats/zip.ts";

/** Every format that has a file of its own: the first that matches names the bytes. */
export const formats: readonly Format[] = [
  zip,
  gzip,
  safetensors,
  gguf,
  parquet,
  npy,
  png,
  pickle,
  lfsPointer,
  html,
  tar,
];
