/** How far a run is. Totals are known only where the manifest or the hosts tell them. */
export interface Progress {
  readonly files: number;
  readonly bytes: number;
  readonly filesTotal?: number;
  readonly bytesTotal?: number;
  /** Ids of the pieces that are being looked at. */
  readonly current: readonly string[];
}

export interface ProgressEvents {
  readonly progress?: (progress: Progress) => void;
  readonly pieceStarted?: (id: string) => void;
  readonly pieceEnded?: (id: string, outcome: string) => void;
}

/** Counts what passes and tells whoever wants to know. */
export interface ProgressMeter {
  files(delta: number): void;
  bytes(delta: number): void;
  started(id: string): void;
  ended(id: string, outcome: string): void;
}

/** A meter that reports each change to `events`; how often that is shown is the listener's business. */
export function createMeter(
  events: ProgressEvents,
  totals: { readonly filesTotal?: number; readonly bytesTotal?: number },
): ProgressMeter {
  const state = { files: 0, bytes: 0 };
  const current = new Set<string>();
  const tell = (): void => events.progress?.({ ...state, ...totals, current: [...current] });
  return {
    files(delta) {
      state.files += delta;
      tell();
    },
    bytes(delta) {
      state.bytes += delta;
      tell();
    },
    started(id) {
      current.add(id);
      events.pieceStarted?.(id);
      tell();
    },
    ended(id, outcome) {
      current.delete(id);
      events.pieceEnded?.(id, outcome);
      tell();
    },
  };
}
