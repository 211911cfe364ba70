/**
 * Checks of arguments and options, in node:sqlite's words.
 */
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { bytesOf } from "../core/bytes.ts";
import { invalidType, outOfRange } from "./errors.ts";

type Options = Readonly<Record<string, unknown>>;

/** `value` as a record of options; undefined has none. */
export function optionsOf(value: unknown): Options {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalidType('The "options" argument must be an object.');
  return value as unknown as Options;
}

/** An object in the sense of the language: functions are some, too. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** What C sees of a text. */
export function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** A name that C is given. */
export function checkName(value: unknown, name: string): string {
  return upToNul(checkString(value, name));
}

export function booleanOption(options: Options, name: string, otherwise: boolean): boolean {
  const value = options[name];
  if (value === undefined) return otherwise;
  if (typeof value !== "boolean") throw invalidType(`The "options.${name}" argument must be a boolean.`);
  return value;
}

export function stringOption(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value !== undefined && typeof value !== "string") {
    throw invalidType(`The "options.${name}" argument must be a string.`);
  }
  return value === undefined ? undefined : upToNul(value);
}

export function integerOption(options: Options, name: string, otherwise: number): number {
  const value = options[name];
  if (value === undefined) return otherwise;
  if (!isInt32(value)) throw invalidType(`The "options.${name}" argument must be an integer.`);
  return value;
}

export function functionOption<F>(options: Options, name: string): F | undefined {
  const value = options[name];
  if (value !== undefined && typeof value !== "function") {
    throw invalidType(`The "options.${name}" argument must be a function.`);
  }
  return value as F | undefined;
}

export function checkString(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalidType(`The "${name}" argument must be a string.`);
  return value;
}

export function checkBoolean(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw invalidType(`The "${name}" argument must be a boolean.`);
  return value;
}

/** The path that a string, bytes, or a file URL name. */
export function checkPath(value: unknown): string {
  if (value instanceof URL || isUrlLike(value)) {
    if (value.protocol !== "file:") {
      throw Object.assign(new TypeError("The URL must be of scheme file:"), { code: "ERR_INVALID_URL_SCHEME" });
    }
    // SQLite reads the parameters of a URL.
    return value.search === "" ? fileURLToPath(value as URL) : value.href;
  }
  const path = types.isUint8Array(value) ? Buffer.from(bytesOf(value)).toString() : value;
  if (typeof path !== "string" || path.includes("\0")) {
    throw invalidType('The "path" argument must be a string, Uint8Array, or URL without null bytes.');
  }
  return path;
}

export function isInt32(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value;
}

/** @throws for what is no limit: an integer, not negative. */
export function checkLimit(value: unknown, name: string): number {
  if (!isInt32(value)) throw invalidType(`The "options.limits.${name}" argument must be an integer.`);
  if (value < 0) throw outOfRange(`The "options.limits.${name}" argument must be non-negative.`);
  return value;
}

// -- Private ---------------------------------------------------------------------------------------

function isUrlLike(value: unknown): value is { protocol: string; href: string; search: string } {
  return typeof value === "object" && value !== null && "href" in value && "protocol" in value;
}
