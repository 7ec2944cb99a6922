/** What `store --help` says beside the commands. */
export const storeHelp = `
A store keeps bytes under their sha256, each once, for any number of releases.
Blobs that no release needs stay until gc removes them, and gc leaves alone what
was touched within the last hour or since the oldest running process came.

Examples:
  $ wholesource store list
  $ wholesource store verify --store cache
  $ wholesource store gc --dry-run

Exit codes:
  0  done, and nothing is wrong
  1  verify: something has rotted, is missing or does not belong there
  2  usage error
  3  verify: something could not be read
  4  the store could not be used`;
