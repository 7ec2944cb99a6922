/**
 * Copyright notices and names: the parts of a licence text that anybody fills in. Whatever could be a term of the licence
 * is no part of a name, however it is written: a wrong "no" here costs an exact match, a wrong "yes" would hide a clause.
 */

/** Words in one notice line, at most. */
const noticeWordLimit = 24;
/** Words in the line that continues a notice. */
const continuationWordLimit = 14;
/** Words of a notice that start small and are no usual part of a name: one, for the name that somebody has on the net. */
const smallWordLimit = 1;

/** Words that grant, forbid, limit or demand, by their beginning. */
const materialStems =
  /^(?:accept|access$|addend|additional|agree|allow|appl(?:y|ies)$|approv|attribut|ban(?:$|ned)|claim|clause|commerc|compl[iy]|condition|consen[ts]|derivat|disallow|disclaim|discriminat|distribut|exceed|except|exclu|exempt|fees?$|fields?$|forb|free(?:$|ly$|dom)|govern(?:ed|s$)|grant(?:s|ed)?$|hereby|herein|however|indemn|infring|liab|licen[cs]|limit|militar|modif|monetar|monthl|notice|notwithstanding|oblig|only|otherwise|paid|pay(?:$|able|ing|ment|s$)|permi|polic(?:y$|ies)|persons?$|personal|prior|profit|prohib|provid|purchas|purpos|redistribut|refus|regist(?:er|rat)|rent(?:$|al|ed)|reproduc|requir|restrict|revenue|revo[ck]|rider|royalt|sell(?:$|ing|s$)|shar(?:e$|ed|es|ing)|sold|sub(?:ject|licens)|subscri|surveil|terminat|terms?$|territor|third$|train(?:$|ed|ing)|usage|use[drs]*$|using|violat|void$|waiv|warran|weapon|writ(?:e|ing|ten))/;
/** Small words that make a sentence. */
const sentenceWords: ReadonlySet<string> = new Set(
  (
    "a an any are be been can cannot copies copy copying could each every has have he her his i if is it its kind " +
    "may me might must my never no none nor not our shall she should so such than that their them then these they this " +
    "those unless until upon was we were what when where which while who whom whose will within without would " +
    "yes you your above after against before below between but by during into or out over through under"
  ).split(" "),
);
/** Allowed in a notice only before a name: `Institute for Foo`, `Contributors to the Project`. */
const prepositions: ReadonlySet<string> = new Set(["as", "at", "for", "from", "in", "on", "to", "with"]);
/** Small words that belong to names. */
const nameParticles: ReadonlySet<string> = new Set(
  (
    "al and author authors by co contributor contributors copyright corp da de del den der des developers di do dos du et " +
    "foundation gmbh group holder holders inc individual la le limited llc ltd members name of official others owner owners portions present " +
    "project repository team the university van various von y year zu"
  ).split(" "),
);

/** True when a word can be a term of a licence and so no part of a name. */
export function isMaterial(word: string): boolean {
  // In a script without capitals nothing here tells a name from a clause.
  return (
    /\p{Lo}/u.test(word) ||
    sentenceWords.has(word) ||
    prepositions.has(word) ||
    word.startsWith("non") ||
    materialStems.test(word)
  );
}

const addresses = /<?(?:https?:\/\/[^\s<>]{1,200}|[^\s<>()]{1,64}@[^\s<>()]{1,100})>?/gi;
const reserved = /\ball(?: rights(?: reserved)?)?[.,;]?$|\ball rights reserved\b[.,;]?|\b(?:and|or) its affiliates\b/gi;
const begins =
  /^(?:portions |parts |original |code |modifications )?(?:copyright\b|©|\(c\)(?=\s*(?:\d{4}|copyright|[<[{]))|copr\b)/i;
/** `TypeScript port Copyright (c) 2020 ...`: the sign is close, so that this is no sentence about copyright. */
const beginsLater = /^\p{L}{1,30}(?: \p{L}{1,30}){0,2}[,:]? (?:copyright (?:©|\(c\)|(?:19|20)\d\d|[^@]{1,60}@)|©)/iu;
/** Without one of these, `copyright` begins a sentence: a year, a sign, a place to fill in, a body that holds rights. */
const mark =
  /\b(?:19|20)\d\d\b|©|\(c\)|<[^<>]{1,60}>|\[[^[\]]{1,60}\]|\{[^{}]{1,60}\}|\bYEAR\b|^copyright:? +by\b|^copyright\b.{1,80}\b(?:inc|llc|ltd|gmbh|contributors|authors|foundation|project)\b|^copyright\b[^@]{1,80}@/i;
const place = /<[^<>]{1,60}>|\[[^[\]]{1,60}\]|\{[^{}]{1,60}\}/g;
const letters = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu;

/** True when a line is a copyright notice and nothing else. */
export function isNotice(line: string): boolean {
  if (line.length > 400) return false;
  if (!((begins.test(line) && mark.test(line)) || beginsLater.test(line))) return isReservation(line);
  const rest = line.replace(reserved, " ").replace(/\(c\)/gi, " ").replace(addresses, " ");
  // A second sentence is no name.
  if (/[^\s.]{3,}(?<!\b(?:inc|ltd|llc|corp|jr|sr|dr|gmbh|copr|copyright|et al))[.;]\s+[^\s.]{2,}/i.test(rest))
    return false;
  return isName(rest, noticeWordLimit, smallWordLimit);
}

/** True when a line can be the second line of a notice: an address, more names. */
export function isNoticeContinuation(line: string): boolean {
  if (line.length > 200) return false;
  if (isReservation(line)) return true;
  // Without small letters nothing tells a name from a shouted sentence.
  const rest = line.replace(reserved, " ").replace(addresses, " ");
  return (/\p{Ll}/u.test(rest) || /^[\s\p{P}\d]*$/u.test(rest)) && isName(rest, continuationWordLimit, 0);
}

function isReservation(line: string): boolean {
  return /^\W*(?:all )?rights reserved\W*$/i.test(line);
}

function isName(text: string, wordLimit: number, smallLimit: number): boolean {
  const words = text.match(letters) ?? [];
  if (words.length > wordLimit) return false;
  const shouted = !/\p{Ll}/u.test(text);
  // "<name of author>": the words of a place to fill in.
  const places = (text.match(place) ?? []).join(" ").toLowerCase();
  let small = 0;
  for (const [index, word] of words.entries()) {
    const lower = word.toLowerCase().replace(/[.'’-]+$/, "");
    if (nameParticles.has(lower)) continue;
    if (prepositions.has(lower)) {
      if (shouted || word !== lower || !/^(?:\p{Lu}|the$|present$)/u.test(words[index + 1] ?? "")) return false;
      continue;
    }
    // "Mu-An" is a name; "non-commercial" is none.
    if (isMaterial(lower) || lower.split(/[.'’-]/).some((part) => part === "non" || materialStems.test(part)))
      return false;
    if (/^\p{Ll}/u.test(word) && !places.includes(lower) && ++small > smallLimit) return false;
  }
  return true;
}

/** True when words that stand where a licence names its holder are a name. */
export function isHolder(words: readonly string[]): boolean {
  return words.every((word) => holderWords.has(word) || !isMaterial(word));
}

/** `or` and `nor` join holders: "the copyright holders or contributors". */
const holderWords: ReadonlySet<string> = new Set(["or", "its", "any", "their", "a", "limited"]);
