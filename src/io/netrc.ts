/** The file in which a user keeps logins by host, as curl, git and ftp read it. */

/** A login at one host. */
export interface NetrcLogin {
  readonly login: string;
  readonly password: string;
}

/** Characters of such a file that are read: it is written by hand. */
const netrcMaxLength = 1024 * 1024;

/**
 * The login for a host, of the first entry that names it. The `default` entry counts for nothing: which hosts are asked
 * is for a manifest to say, and not every one of them is to be told.
 */
export function netrcLogin(text: string, hostname: string): NetrcLogin | undefined {
  const words = wordsOf(text.slice(0, netrcMaxLength));
  let here = false;
  let login: string | undefined;
  let password: string | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const [word, value = ""] = [words[at], words[at + 1]];
    if (word === "machine" || word === "default") {
      if (here) break;
      here = word === "machine" && value.toLowerCase() === hostname;
      // It stands alone.
      if (word === "default") at -= 1;
    } else if (here && word === "login") login ??= value;
    else if (here && word === "password") password ??= value;
  }
  return login === undefined || password === undefined ? undefined : { login, password };
}

/** Words without comments and macros; a word in quotes may hold blanks. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let inMacro = false;
  for (const line of text.split(/\r?\n/)) {
    // A macro ends with an empty line.
    if (inMacro) inMacro = line.trim() !== "";
    else if (/^\s*macdef\s/.test(line)) inMacro = true;
    else
      for (const [word, quoted] of line.replace(/^\s*#.*/, "").matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)) {
        words.push(quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1"));
      }
  }
  return words;
}
