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

export const locateHelp = `
A digest is sha256:HEX, sha512:HEX, gitBlob:HEX, 64 hex digits (sha256), or
swh:1:cnt:HEX. The stores that are asked are that of --store, of
WHOLESOURCE_STORE and the user's own. What a place says is its own word:
nothing is read again. A place that did not answer has not said no.

Examples:
  $ wholesource locate --archive archives path/to/release
  $ wholesource locate --no-remote --store cache sha256:HEX

Exit codes:
  0  all of it is somewhere
  1  some of it is nowhere: every place answered, and none has it
  2  usage error, or a manifest that can not be used
  3  nothing is known to be nowhere, but not all could be told`;

export const watchHelp = `
Each release has two files in the history: NAME.history.jsonl, one line for each
check, and NAME.report.json, the last report. Standard output has what changed
since the last check, and nothing where nothing changed. Names in a list are
relative to the folder of the list.

Examples:
  $ wholesource watch --once --list releases.txt --history history
  $ wholesource watch --every 24h --depth probe --history history path/to/release
  $ wholesource watch --show --history history

Exit codes of --once:
  0  nothing is broken, and nothing changed for the worse
  1  something is broken, or changed for the worse
  2  usage error
  3  neither, but something could not be told
  4  the run itself failed
Without --once it ends with Ctrl-C, and 130.`;
