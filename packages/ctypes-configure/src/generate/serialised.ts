/**
 * Options as plain data, which a file or a module can hold: regular expressions are their texts.
 */
import { basename } from "node:path";
import { asSeenFrom } from "../measure/paths.ts";
import { nearest } from "./nearest.ts";
import type { GenerateOptions } from "./options.ts";
import type { ShimOptions } from "./shim/functions.ts";

type Pattern = string | RegExp;

/**
 * What a configuration says: {@link GenerateOptions}, and where the module goes. Regular expressions may be given as
 * texts.
 */
export type GenerateConfig = {
  readonly [K in keyof Omit<GenerateOptions, "progress">]: GenerateOptions[K] extends readonly RegExp[] | undefined
    ? readonly Pattern[] | undefined
    : K extends "disposes"
      ? Readonly<Record<string, Pattern>>
      : GenerateOptions[K];
} & {
  /** The file of the module, or the folder of the modules. */
  readonly out?: string;
  /** Whether each header gets a module. */
  readonly perHeader?: boolean;
};

/** The kinds of options. */
const KINDS = {
  texts: ["headers", "includeDirs", "packages", "compileFlags", "libraries", "strip"],
  patterns: [
    ...["allow", "block", "onlyFrom", "opaque", "text"],
    ...["leaf", "pumped", "errno", "throws", "guarded", "nowait"],
  ],
  records: ["defines", "replace", "disposes", "imports"],
  words: ["docs", "out"],
  switches: ["perHeader", "translate"],
  shims: ["shim"],
} as const satisfies Record<string, readonly string[]>;

/**
 * What is kept of options in a module, to make it again: {@link restored} is the way back. Paths are as seen from the
 * module, `out`.
 */
export function serialised(options: GenerateOptions & Pick<GenerateConfig, "perHeader">): Record<string, unknown> {
  const kept = asSeenFrom(options.out, options);
  const { headers, includeDirs, defines, packages, compileFlags, progress: _, out: __, shim, ...others } = kept;
  const rules = { ...withoutEmpty(others), ...(shim && { shim: serialisedShim(shim) }) };
  return {
    ...withoutEmpty({ headers, includeDirs, defines, packages, compileFlags }),
    ...(Object.keys(rules).length > 0 && { rules }),
  };
}

/**
 * A configuration, checked, with regular expressions of its own. @throws TypeError naming what is none of an option's.
 */
export function restored(where: string, config: unknown): GenerateOptions & Pick<GenerateConfig, "out" | "perHeader"> {
  if (typeof config !== "object" || config === null) throw new TypeError(`${where}: expected an object of options`);
  const { rules, ...own } = config as { readonly rules?: object };
  const entries = Object.entries({ ...rules, ...own });
  const options = Object.fromEntries(entries.map(([key, value]) => [key, optionOf(`${where}: ${key}`, key, value)]));
  if (!Array.isArray(options.headers) || options.headers.length === 0) {
    throw new TypeError(`${where}: headers: expected the names of headers, got none`);
  }
  return options as never;
}

// -- Private ---------------------------------------------------------------------------------------

function withoutEmpty(options: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(options).map(([key, value]) => [key, plain(value)] as const);
  return Object.fromEntries(
    entries.filter(
      ([, value]) => value !== undefined && (typeof value !== "object" || Object.keys(value ?? {}).length > 0),
    ),
  );
}

function plain(value: unknown): unknown {
  if (value instanceof RegExp) return value.flags === "" ? value.source : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function optionOf(where: string, key: string, value: unknown): unknown {
  const is = (names: readonly string[]) => names.includes(key);
  if (is(KINDS.texts)) return listOf(where, value, (one) => textOf(where, one));
  if (is(KINDS.patterns)) return listOf(where, value, (one) => patternOf(where, one));
  if (is(KINDS.words)) return textOf(where, value);
  if (is(KINDS.switches)) return Boolean(value);
  if (is(KINDS.shims)) return shimOf(where, value);
  if (is(KINDS.records)) {
    if (typeof value !== "object" || value === null) throw new TypeError(`${where}: expected an object`);
    if (key !== "disposes") return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, patternOf(where, one)]));
  }
  const all: readonly string[] = Object.values(KINDS).flat();
  const meant = nearest(key, all);
  const advice = meant === null ? `there are ${all.join(", ")}` : `did you mean ${meant}?`;
  throw new TypeError(`${where}: there is no such option; ${advice}`);
}

/** With its file as seen from the module: there the module is made again. */
function serialisedShim({ file, url, prototypes, compiler }: ShimOptions): ShimOptions {
  return withoutEmpty({ file: url ?? `./${basename(file)}`, prototypes, compiler }) as unknown as ShimOptions;
}

function shimOf(where: string, value: unknown): ShimOptions {
  if (typeof value !== "object" || value === null) throw new TypeError(`${where}: expected an object`);
  const { file, prototypes = [], ...others } = value as Record<string, unknown>;
  const words = Object.entries(others).map(([key, one]) => [key, textOf(`${where}.${key}`, one)]);
  const list = listOf(`${where}.prototypes`, prototypes, (one) => textOf(`${where}.prototypes`, one));
  return { file: textOf(`${where}.file`, file), prototypes: list, ...Object.fromEntries(words) };
}

function listOf<T>(where: string, value: unknown, item: (one: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new TypeError(`${where}: expected an array`);
  return value.map(item);
}

function textOf(where: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${where}: expected a string`);
  return value;
}

/** `^git_`, or with flags `/^git_/i`. */
function patternOf(where: string, value: unknown): RegExp {
  if (value instanceof RegExp) return value;
  const text = textOf(where, value);
  const [, source = text, flags = ""] = /^\/(.*)\/([a-z]+)$/s.exec(text) ?? [];
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new TypeError(`${where}: ${(error as Error).message}`);
  }
}
