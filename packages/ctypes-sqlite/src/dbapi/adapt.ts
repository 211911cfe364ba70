/**
 * Adapters make values of SQLite out of a program's objects; converters make objects of what columns hold.
 */
import { ProgrammingError } from "./errors.ts";

/** Makes a value of SQLite of an object of a class. */
export type Adapter = (object: never) => unknown;
/** Makes an object of the bytes of a value. */
export type Converter = (bytes: Uint8Array) => unknown;

type Class = abstract new (...args: never[]) => unknown;

/** By class; see {@link register_adapter}. */
export const adapters = new Map<unknown, Adapter>();
/** By the name of their type in capitals; see {@link register_converter}. */
export const converters = new Map<string, Converter>();

/** Has objects of exactly this class adapted when they are bound. */
export function register_adapter<T>(type: abstract new (...args: never[]) => T, adapter: (object: T) => unknown): void {
  if (typeof type !== "function") throw new TypeError("register_adapter(): argument 1: expected a class");
  if (typeof adapter !== "function") throw new TypeError("register_adapter(): argument 2: expected a function");
  adapters.set(type, adapter as Adapter);
}

/** Has values of columns of this declared type, or whose name ends in ` [type]`, converted; see `detect_types`. */
export function register_converter(typename: string, converter: Converter): void {
  if (typeof typename !== "string") throw new TypeError("register_converter(): argument 1: expected a string");
  if (typeof converter !== "function") throw new TypeError("register_converter(): argument 2: expected a function");
  converters.set(typename.toUpperCase(), converter);
}

/** What an object is bound as: by its class's adapter, or by its own `__conform__`. */
export function adapted(value: unknown): unknown {
  if (typeof value === "boolean") return BigInt(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) {
    return typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  }
  const adapter = adapters.get(value.constructor as Class);
  if (adapter !== undefined) return adapted(adapter(value as never));
  const conform = (value as { __conform__?: (protocol: typeof PrepareProtocol) => unknown }).__conform__;
  if (typeof conform === "function") {
    const conformed = conform.call(value, PrepareProtocol);
    if (conformed !== undefined && conformed !== null) return adapted(conformed);
  }
  return value;
}

/** What `__conform__` is asked for. */
export class PrepareProtocol {}

/**
 * An object adapted, to see what would be bound.
 *
 * @throws ProgrammingError when there is no way, and no `alternative` was given.
 */
export function adapt(
  value: unknown,
  _protocol: typeof PrepareProtocol = PrepareProtocol,
  ...alternative: [unknown?]
): unknown {
  const result = adapted(value);
  if (typeof result === "object" && result !== null && !ArrayBuffer.isView(result)) {
    if (alternative.length > 0) return alternative[0];
    throw new ProgrammingError("can't adapt");
  }
  return typeof result === "bigint" && typeof value !== "bigint" ? Number(result) : result;
}

/** The converter of a declared type: `NUMBER(10)` and `NUMBER AS MONEY` are of the type NUMBER. */
export function converterOfDeclaration(declared: string | null): Converter | undefined {
  const word = declared?.split(/[ (]/, 1)[0];
  return word === undefined ? undefined : converters.get(word.toUpperCase());
}

/** The converter that a column's name asks for: `created [timestamp]`. */
export function converterOfName(name: string): Converter | undefined {
  // As in CPython, the last `[` in front of the first `]` that has one.
  const end = name.indexOf("]", name.indexOf("["));
  const start = name.lastIndexOf("[", end);
  return end < 0 || start < 0 ? undefined : converters.get(name.slice(start + 1, end).toUpperCase());
}

// -- Dates, as the module comes with them ----------------------------------------------------------

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

adapters.set(Date, (date: Date) => date.toISOString().replace("T", " ").replace("Z", ""));
converters.set("DATE", (bytes) => new Date(`${textOf(bytes)}T00:00:00Z`));
converters.set("TIMESTAMP", (bytes) => new Date(`${textOf(bytes).replace(" ", "T")}Z`));
