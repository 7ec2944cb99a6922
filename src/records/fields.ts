/** The fields of one row of a table. */

/** Splits a row of RFC 4180; a field in quotes may hold commas, line ends and doubled quotes. */
export function csvFields(row: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let value = "";
    if (row[at] === '"') {
      for (at += 1; at < row.length; at += 1) {
        const quote = row.indexOf('"', at);
        const end = quote < 0 ? row.length : quote;
        value += row.slice(at, end);
        at = end + 1;
        if (row[at] !== '"') break;
        value += '"';
      }
    }
    const comma = row.indexOf(",", at);
    const end = comma < 0 ? row.length : comma;
    fields.push(value + row.slice(at, end));
    if (comma < 0) return fields;
    at = comma + 1;
  }
}

/** Splits a row at tabs. Quotes mean nothing there, but some tools put whole fields into them. */
export function tsvFields(row: string): string[] {
  return row.split("\t").map((field) => {
    const isQuoted = field.length > 1 && field.startsWith('"') && field.endsWith('"');
    return isQuoted ? field.slice(1, -1).replaceAll('""', '"') : field;
  });
}
