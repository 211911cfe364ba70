/**
 * Comments of C as documentation: without their signs, and as much of them as is wanted.
 */

export function documentation(raw: string | null, docs: "brief" | "full" | "none"): string | null {
  if (raw === null || docs === "none") return null;
  const text = withoutSigns(raw);
  if (/^[-=_*#~\s]*$/.test(text)) return null;
  const gtk = gtkDocOf(text);
  const whole = gtk === null ? text : gtk.text + parametersOf(gtk);
  const wanted = docs === "full" ? whole : briefOf(gtk?.text ?? text);
  return wanted.replaceAll("*/", "* /") || null;
}

/** What a comment says of single members or enumerators, by their names: gtk-doc's `@NAME: …`. */
export function documentationOfItems(raw: string | null, docs: "brief" | "full" | "none"): ReadonlyMap<string, string> {
  if (raw === null || docs === "none") return new Map();
  return gtkDocOf(withoutSigns(raw))?.items ?? new Map();
}

// -- Private ---------------------------------------------------------------------------------------

function withoutSigns(raw: string): string {
  const lines = raw.split(/\r?\n/).map((line) =>
    line
      .replace(/^\s*(\/\*[*!]*<?|\/\/[/!]*<?)/, "")
      .replace(/\*+\/\s*$/, "")
      .replace(/^\s*\*+(?=\s|$)/, "")
      .replace(/\s+$/, ""),
  );
  const indent = Math.min(
    ...lines.slice(1).flatMap((line) => (line.trim() === "" ? [] : [/^\s*/.exec(line)?.[0].length ?? 0])),
    40,
  );
  return lines
    .map((line, i) => (i === 0 ? line.trim() : line.slice(indent)))
    .join("\n")
    .trim();
}

interface GtkDoc {
  readonly text: string;
  readonly items: ReadonlyMap<string, string>;
}

/**
 * A comment as gtk-doc has them; null for another one.
 *
 *     gtk_widget_show:
 *     @widget: (nullable): a widget
 *
 *     Shows it.
 */
function gtkDocOf(text: string): GtkDoc | null {
  const [first = "", ...lines] = text.split("\n");
  if (!/^((struct|union|enum) )?[A-Za-z_]\w*(\(\))?:(\s*\([^)]*\))*$/.test(first)) return null;
  // "Note:" is no name; only a word with parameters, or one of several parts, is taken for it.
  if (!/^\s*@[\w.]+:/.test(lines[0] ?? "") && !/[a-z0-9][_A-Z]|_/.test(first)) return null;
  const items = new Map<string, string>();
  let name = "";
  let at = 0;
  for (; at < lines.length && (lines[at] as string).trim() !== ""; at++) {
    const line = (lines[at] as string).trim();
    const [, own, rest = ""] = /^@([\w.]+):\s*(?:(?:\([^)]*\)\s*)+:?\s*)?(.*)$/.exec(line) ?? [];
    if (own === undefined && name === "") break;
    name = own ?? name;
    items.set(name, own === undefined ? `${items.get(name)} ${line}` : rest);
  }
  return { text: lines.slice(at).join("\n").trim(), items };
}

function parametersOf({ items }: GtkDoc): string {
  const lines = [...items].map(([name, text]) => `@param ${name} ${text}`);
  return lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
}

/** The first paragraph, without commands of Doxygen. */
function briefOf(text: string): string {
  const plain = text.replace(/^[@\\](brief|details)\s+/, "").replace(/^CAPI3REF:\s*/, "");
  const paragraph = plain.split(/\n\s*\n|\n\s*(?=[@\\](param|return|see|note|since|deprecated|retval))/)[0] ?? "";
  return paragraph
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^[-=*_#~]{4,}$/.test(line))
    .join("\n");
}
