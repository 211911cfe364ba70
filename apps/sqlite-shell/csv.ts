/**
 * Reading CSV, as RFC 4180 has it.
 */

/** Yields the records of a text in pieces, and how many characters were read so far. */
export function* recordsIn(text: string): Generator<{ record: string[]; read: number }> {
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') [field, at] = quotedField(text, at + 1);
    else {
      const start = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
      field = text.slice(start, at);
    }
    record.push(field);
    if (text[at] === ",") {
      at++;
      // A comma at the end of the file has an empty field after it.
      if (at < text.length) continue;
      record.push("");
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    yield { record, read: at };
    record = [];
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** The field that begins after a quote, and where it ends. */
function quotedField(text: string, start: number): [field: string, end: number] {
  let field = "";
  for (let at = start; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new Error(`a quote is not closed: "${text.slice(start, start + 20)}…`);
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}
