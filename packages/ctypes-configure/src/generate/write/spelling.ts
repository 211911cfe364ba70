/**
 * What needs no type to be written down: comments, keys of objects and literals.
 */
import type { ConstantDeclaration } from "../ir.ts";

// Without brackets, `__proto__: value` sets the prototype of an object.
export function keyOf(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A comment in front of what stands at that indentation; `isInside` when the first line is indented already. */
export function commentOf(text: string | null, indent: number, isInside = false): string {
  if (text === null || text === "") return "";
  const margin = " ".repeat(indent);
  const lines = text.split("\n");
  const body =
    lines.length === 1 && lines[0]!.length < 110
      ? `/** ${text} */`
      : `/**\n${lines.map((line) => `${margin} * ${line}`.trimEnd()).join("\n")}\n${margin} */`;
  return `${isInside ? "" : margin}${body}\n${isInside ? margin : ""}`;
}

export function literal(value: Exclude<ConstantDeclaration["value"], Uint8Array>): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return quoted(value);
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value)) return String(value).replace("e+", "e");
  return Number.isNaN(value) ? "Number.NaN" : value > 0 ? "Number.POSITIVE_INFINITY" : "Number.NEGATIVE_INFINITY";
}

// -- Private ---------------------------------------------------------------------------------------

/** In double quotes, unless single ones need fewer escapes. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text);
  const [single, double] = [text.split("'").length, text.split('"').length];
  return double <= single ? escaped : `'${escaped.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
