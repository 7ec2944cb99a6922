/** Many questions to many hosts: every host gets its turn, so that a slow one holds up nobody but itself. */

export interface InTurnOptions<Item> {
  readonly hostOf: (item: Item) => string;
  /** What must be known of a host before its first question; that counts as no question. */
  readonly before: (host: string) => Promise<void>;
  /** Never rejects for what a host does. */
  readonly ask: (item: Item) => Promise<void>;
  /** Questions to one host at a time. */
  readonly perHost: number;
  /** Questions to all hosts at a time. */
  readonly inFlight: number;
  /** Items that wait for their host's turn: beyond it no more are taken. */
  readonly waiting: number;
  readonly signal: AbortSignal;
}

interface HostQueue<Item> {
  readonly items: Item[];
  /** The first of `items` that was not asked yet. */
  next: number;
  busy: number;
  /** False while it is not known what must be known of the host. */
  open: boolean;
}

/** Asks for every item, in the order of their hosts' turns. Rejects with what `ask` or the source throws. */
export async function askInTurn<Item>(
  chunks: AsyncIterable<readonly Item[]>,
  { hostOf, before, ask, perHost, inFlight, waiting, signal }: InTurnOptions<Item>,
): Promise<void> {
  const queues = new Map<string, HostQueue<Item>>();
  /** Hosts that have something to be asked and room for it, in the order of their turns. */
  const ready = new Set<string>();
  let busy = 0;
  let waits = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const isOver = (): boolean => signal.aborted || failure !== undefined;

  const one = async (host: string, queue: HostQueue<Item>, item: Item): Promise<void> => {
    try {
      await ask(item);
    } catch (error) {
      failure ??= { error };
    }
    busy -= 1;
    queue.busy -= 1;
    if (queue.next < queue.items.length) ready.add(host);
    else if (queue.busy === 0) queues.delete(host);
    start();
    wake?.();
  };
  const start = (): void => {
    while (busy < inFlight && !isOver()) {
      const [host] = ready;
      const queue = host === undefined ? undefined : queues.get(host);
      if (host === undefined || queue === undefined) return;
      const item = queue.items[queue.next];
      ready.delete(host);
      if (item === undefined) continue;
      queue.next += 1;
      queue.busy += 1;
      busy += 1;
      waits -= 1;
      if (queue.next === queue.items.length) {
        queue.items.length = 0;
        queue.next = 0;
      } else if (queue.busy < perHost) ready.add(host);
      void one(host, queue, item);
    }
  };
  const openQueue = async (host: string, queue: HostQueue<Item>): Promise<void> => {
    try {
      await before(host);
    } catch (error) {
      failure ??= { error };
    }
    queue.open = true;
    ready.add(host);
    start();
    wake?.();
  };
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  for await (const chunk of chunks) {
    for (const item of chunk) {
      const host = hostOf(item);
      const known = queues.get(host);
      const queue = known ?? { items: [], next: 0, busy: 0, open: false };
      queue.items.push(item);
      waits += 1;
      if (known === undefined) {
        queues.set(host, queue);
        void openQueue(host, queue);
      } else if (queue.open && queue.busy < perHost) ready.add(host);
    }
    start();
    await until(() => waits < waiting || isOver());
    if (isOver()) break;
  }
  await until(() => busy === 0 && (waits === 0 || isOver()));
  if (failure !== undefined) throw failure.error;
}
