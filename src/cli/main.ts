import { VERSION } from "../model/version.ts";

/** What the shell sees: `process.exitCode` is set here and nowhere else. */
async function main(argv: readonly string[]): Promise<void> {
  // Whoever writes learns of a failed write; as an event that nobody listens to it would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  // The one question that is asked in loops by other tools needs no parser.
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const { runCommand } = await import("./program.ts");
  process.exitCode = await runCommand(argv);
}

await main(process.argv.slice(2));
