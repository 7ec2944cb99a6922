/** What `--help` says after the options of the commands that keep releases. */

export const archiveHelp = `
Examples:
  $ wholesource archive path/to/release --to archives/release-1.0
  $ wholesource archive path/to/release --to release-1.0.tar.zst
  $ wholesource archive path/to/release --to release-oci --as oci

Verify it later, without any network:
  $ wholesource verify archives/release-1.0

Bytes are kept once in a store, which archives of one folder share:
\`.wholesource-store\` beside the archive, or the one that --store names.

Environment:
  SOURCE_DATE_EPOCH  the time of everything that is written, in seconds since
                     1970: two archives of one release are then the same bytes

Exit codes: those of verify. What is broken is archived as it was found.`;

export const restoreHelp = `
Examples:
  $ wholesource restore archives/release-1.0 --to release

Files of local locations go where the manifest has them, all others below the
id of their piece. A damaged archive is told, and nothing is written.

Exit codes: 0 laid out, 2 no archive, or a damaged one.`;
