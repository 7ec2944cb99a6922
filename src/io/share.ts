/** What several parts of a run need alike is made once, by whoever asks first; the others get the very same. */
export type Share = <Value>(key: string, make: () => Promise<Value>) => Promise<Value>;

/** Things of one run. A key is used with one kind of value only: it begins with the name of the module that makes it. */
export function createShare(): Share {
  const made = new Map<string, Promise<unknown>>();
  return <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
    // The key names the maker, and so the type.
    const known = made.get(key) as Promise<Value> | undefined;
    const value = known ?? make();
    made.set(key, value);
    return value;
  };
}
