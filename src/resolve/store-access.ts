/** Whether objects of a store that nobody may list are public: nothing but one of them can tell. */
import type { Resolved } from "./resolver.ts";

/** Objects that are asked before the question is given up: all of them may be missing, which looks like a lock. */
const MAX_QUESTIONS = 16;

/** A store whose client remembers whether its last question needed the credential. */
export interface GuardedStore {
  readonly hasCredential: boolean;
  /** Asks for one object, without the credential and then with it; true when either way was answered. */
  answers(url: string): Promise<boolean>;
  /** The next question goes without the credential again. */
  forgetCredential(): void;
  readonly authorize: NonNullable<Resolved["authorize"]>;
}

/** Tries one object after another in both ways, until one answers; the rest is asked in the way that worked. */
export function authorizeWhereNeeded(store: GuardedStore): NonNullable<Resolved["authorize"]> {
  store.forgetCredential();
  let isKnown = false;
  let questions = 0;
  let waiting: Promise<void> = Promise.resolve();
  const learn = async (url: string): Promise<void> => {
    if (isKnown || questions >= MAX_QUESTIONS || !store.hasCredential) return;
    questions += 1;
    isKnown = await store.answers(url);
    if (!isKnown) store.forgetCredential();
  };
  return async (object) => {
    waiting = waiting.then(() => learn(object.url));
    await waiting;
    return store.authorize(object);
  };
}
