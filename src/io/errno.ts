/** The error code of anything that was thrown: `ENOENT`, `UND_ERR_SOCKET`, ... */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
