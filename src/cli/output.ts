import { WholesourceError } from "../model/error.ts";

/** Writes to standard output and waits until it is taken; a reader that went away ends the run quietly. */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === undefined || error === null) resolve();
      else if ("code" in error && error.code === "EPIPE") resolve();
      else
        reject(
          new WholesourceError("output-failed", `standard output can not be written: ${error.message}`, {
            cause: error,
          }),
        );
    });
  });
}
