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

/** Files or bytes after which a change is told: a listener for each of a million files would cost more than they do. */
const TOLD_EVERY_FILES = 64;
const TOLD_EVERY_BYTES = 1024 * 1024;

/** A meter that reports changes to `events`; how often they are shown is the listener's business. */
export function createMeter(
  events: ProgressEvents,
  totals: { readonly filesTotal?: number; readonly bytesTotal?: number },
): ProgressMeter {
  const state = { files: 0, bytes: 0 };
  const current = new Set<string>();
  const told = { files: 0, bytes: 0 };
  const tell = (): void => {
    Object.assign(told, state);
    events.progress?.({ ...state, ...totals, current: [...current] });
  };
  return {
    files(delta) {
      state.files += delta;
      if (state.files - told.files >= TOLD_EVERY_FILES) tell();
    },
    bytes(delta) {
      state.bytes += delta;
      if (state.bytes - told.bytes >= TOLD_EVERY_BYTES) tell();
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
