/** Starts work side by side, at most so much at a time, and remembers the first failure. */
export class UnderWay {
  readonly #most: number;
  readonly #works = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** True when some work has thrown: no more needs to be started. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when there is room for more. */
  async start(begin: () => Promise<void>): Promise<void> {
    const work: Promise<void> = begin()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#works.delete(work));
    this.#works.add(work);
    if (this.#works.size >= this.#most) await Promise.race(this.#works);
  }

  /** Waits for all; throws the first failure. */
  async end(): Promise<void> {
    await Promise.all(this.#works);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
