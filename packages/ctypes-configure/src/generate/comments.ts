/**
 * Comments of C as documentation: without their signs, and as much of them as is wanted.
 */

export function documentation(raw: string | null, docs: "brief" | "full" | "none"): string | null {
  if (raw === null || docs === "none") return null;
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
  const text = lines
    .map((line, i) => (i === 0 ? line.trim() : line.slice(indent)))
    .join("\n")
    .trim();
  if (/^[-=_*#~\s]*$/.test(text)) return null;
  const wanted = docs === "full" ? text : briefOf(text);
  return wanted.replaceAll("*/", "* /") || null;
}

// -- Private ---------------------------------------------------------------------------------------

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
