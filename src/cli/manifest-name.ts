/** What a reader calls the manifest: `-` is what the shell calls it. */
export function manifestName(uri: string): string {
  return uri === "-" ? "standard input" : uri;
}
