/**
 * How results are shown.
 */

/** Shows rows with the names of their columns. */
type Format = (names: readonly string[], rows: readonly unknown[][], hasHeaders: boolean) => string;
export type Mode = "table" | "json" | "csv" | "list";

export const modes: Readonly<Record<Mode, Format>> = {
  table(names, rows) {
    const cells = rows.map((row) => row.map(textOf));
    const widths = names.map((name, i) => Math.max(...[name, ...cells.map((row) => row[i] as string)].map(widthOf)));
    const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`;
    const line = (row: readonly string[], isNumber: (i: number) => boolean) =>
      `|${row.map((cell, i) => ` ${padded(cell, widths[i] as number, isNumber(i))} `).join("|")}|\n`;
    const body = cells.map((row, r) => line(row, (i) => isNumeric(rows[r]?.[i])));
    return rule + line(names, () => false) + rule + body.join("") + (rows.length > 0 ? rule : "");
  },
  json(names, rows) {
    const objects = rows.map((row) => {
      const members = names.map((name, i) => `${JSON.stringify(name)}:${jsonOf(row[i])}`);
      return `{${members.join(",")}}`;
    });
    return `[${objects.join(",\n")}]\n`;
  },
  csv(names, rows, hasHeaders) {
    const lines = hasHeaders ? [names, ...rows] : rows;
    return lines.map((row) => `${row.map(quotedForCsv).join(",")}\r\n`).join("");
  },
  list(names, rows, hasHeaders) {
    const lines = hasHeaders ? [names, ...rows] : rows;
    return lines.map((row) => `${row.map(textOf).join("|")}\n`).join("");
  },
};

// -- Private ---------------------------------------------------------------------------------------

function textOf(value: unknown): string {
  if (value === null) return "";
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString("hex")}'`;
  return String(value).replaceAll("\n", "\\n");
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function quotedForCsv(value: unknown): string {
  const text = value === null ? "" : value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Bigints as they stand: JSON has no largest number. */
function jsonOf(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return "null";
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  return JSON.stringify(value);
}

/** How many places a text takes on a terminal: wide characters two, combining ones none. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(char)
        ? 2
        : 1;
  }
  return width;
}

function padded(text: string, width: number, isRight: boolean): string {
  const space = " ".repeat(width - widthOf(text));
  return isRight ? space + text : text + space;
}
