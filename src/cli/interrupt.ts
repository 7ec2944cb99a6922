/** Ends a run cleanly at the first Ctrl-C or TERM, at once at the second. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The exit code that the shell expects, when the run was interrupted. */
  readonly exitCode: () => number | undefined;
  stop(): void;
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

export function listenForInterrupt(say: (text: string) => void): Interrupt {
  const controller = new AbortController();
  let received: keyof typeof codes | undefined;
  const onSignal = (name: keyof typeof codes) => (): void => {
    if (received !== undefined) process.exit(codes[name]);
    received = name;
    say("stopping; what is known so far will be reported (again to stop at once)");
    controller.abort();
  };
  const [onInt, onTerm] = [onSignal("SIGINT"), onSignal("SIGTERM")];
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  return {
    signal: controller.signal,
    exitCode: () => (received === undefined ? undefined : codes[received]),
    stop() {
      process.off("SIGINT", onInt);
      process.off("SIGTERM", onTerm);
    },
  };
}
