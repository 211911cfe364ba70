/**
 * The command: `ctypes-configure measure` asks C what a specification asks, `generate` writes a module, `check`
 * compares one with the headers.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { check } from "./check/check.ts";
import { configured } from "./configure/module.ts";
import { type Generated, generate } from "./generate/generate.ts";
import { nearest } from "./generate/nearest.ts";
import type { GenerateOptions } from "./generate/options.ts";
import { type GeneratedModules, generatePerHeader } from "./generate/per-header.ts";
import { restored } from "./generate/serialised.ts";
import type { ShimOptions } from "./generate/shim/functions.ts";
import { configsIn, defaultConfig } from "./load/config.ts";
import { loadModule } from "./load/load.ts";
import type { Entry } from "./measure/entry.ts";
import { type Entries, measure } from "./measure/measure.ts";
import { pathFrom, type WithPaths, withPaths } from "./measure/paths.ts";
import type { Settings } from "./measure/settings.ts";

const USAGE = `Usage:
  ctypes-configure generate <header…> [--library <name>…] [--out <file.ts>] [options]      zlib.h, or a file: h/own.h
  ctypes-configure check <module.ts> [--header <name>…] [options]
  ctypes-configure measure <specification.ts> [--out <file.ts|file.json>] [options]

All:
  --include-dir <folder>  --define <NAME[=value]>  --package <pkg-config name>  --quiet
generate:
  --library <name>        where the functions are: what -l takes, or a file; a symbol comes from the first that has it
  --out <file.ts>         else the module goes to standard output
  --per-header            a module for each header, which has what the header includes, too; --out is then a folder
  --allow <regexp>        only names that match, and what they need
  --block <regexp>        never names that match
  --only-from <regexp>    only what headers declare whose path matches
  --strip <prefix>        a prefix that types and constants lose
  --opaque <regexp>       structures of which only pointers are made
  --replace <C=ctypes>    another type for a name or a place: time_t=c_time_t, open_it.path=c_char_p, point.tag=POINTER(c_int)
  --text <regexp>         functions, structures and places whose \`char *\` is text: ^git_, open_it.path, open_it.result
  --disposes <function=regexp>  functions that give text which <function> frees: sqlite3_free=mprintf
  --leaf <regexp>         functions that call nothing back
  --pumped <regexp>       functions that wait for threads which call back
  --errno <regexp>        functions that have C's errno
  --throws <regexp>       functions that C++ may throw out of
  --guarded <regexp>      functions whose faults are exceptions
  --nowait <regexp>       types of callbacks that other threads do not wait for: typedefs, start.done, events.closed
  --config <file>         options from a .json or .ts file (paths are relative to it), or those that a module was made with;
                          without headers it is ctypes-configure.json or .ts of the current folder
  --import <header=module>      types of that header, and of what it includes, come from another module: X11/Xlib.h=x11.ts
  --docs brief|full|none  how much of the comments is kept
  --shim <file.so>        compiles a library of the inline functions that are no expressions, and of macros; the source
                          stands beside it as a .c file, and the module looks for the library from its own place
  --shim-prototype <C>    a macro that is put there, as a function: 'int FD_ISSET(int fd, fd_set *set)'
measure: the specification exports its entries, and its settings as "settings"
  --out <file.ts>         a module of types and constants; facts in a file.json, else on standard output
  --compiler <command>    the C compiler
  --object                run nothing: read the answers from the object file, as of a compiler for another machine
`;

const common = {
  "include-dir": { type: "string", multiple: true },
  define: { type: "string", multiple: true },
  package: { type: "string", multiple: true },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

const ofGenerate = {
  ...common,
  library: { type: "string", multiple: true },
  out: { type: "string" },
  "per-header": { type: "boolean" },
  allow: { type: "string", multiple: true },
  block: { type: "string", multiple: true },
  "only-from": { type: "string", multiple: true },
  strip: { type: "string", multiple: true },
  opaque: { type: "string", multiple: true },
  replace: { type: "string", multiple: true },
  import: { type: "string", multiple: true },
  docs: { type: "string" },
  text: { type: "string", multiple: true },
  disposes: { type: "string", multiple: true },
  leaf: { type: "string", multiple: true },
  pumped: { type: "string", multiple: true },
  errno: { type: "string", multiple: true },
  throws: { type: "string", multiple: true },
  guarded: { type: "string", multiple: true },
  nowait: { type: "string", multiple: true },
  config: { type: "string" },
  shim: { type: "string" },
  "shim-prototype": { type: "string", multiple: true },
} as const satisfies ParseArgsConfig["options"];

const ofMeasure = {
  ...common,
  out: { type: "string" },
  compiler: { type: "string" },
  object: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

const ofCheck = { ...common, header: { type: "string", multiple: true } } as const satisfies ParseArgsConfig["options"];

/** A command line that makes no sense. */
class UsageError extends Error {}

// No `await` here, which a module that can be required may not have.
run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, fail);

function fail(error: unknown): void {
  const isUsage = error instanceof UsageError || String((error as { code?: string }).code).startsWith("ERR_PARSE_ARGS");
  const meant = meantBy((error as Error).message);
  // Who misspelt a word needs no page of them.
  const more = !isUsage ? "" : meant === null ? `\n\n${USAGE}` : `\nDid you mean ${meant}?`;
  console.error(`ctypes-configure: ${(error as Error).message}${more}`);
  process.exitCode = isUsage ? 2 : 1;
}

// -- Commands --------------------------------------------------------------------------------------

async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === "generate") return runGenerate(args);
  if (command === "check") return runCheck(args);
  if (command === "measure") return runMeasure(args);
  if (command === "--help" || command === "-h" || command === "help") return usage();
  if (command === undefined) return usage(2);
  throw new UsageError(`there is no command "${command}"; there are generate, check and measure`);
}

async function runGenerate(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: ofGenerate, allowPositionals: true });
  if (values.help) return usage();
  const say = sayer(values.quiet === true);
  const file = values.config ?? (positionals.length === 0 ? defaultConfig() : undefined);
  if (file === undefined) {
    if (positionals.length === 0) throw new UsageError("generate: expected the name of a header, got none");
    writeGenerated(restored("generate", optionsOf(values, positionals)), say);
    return 0;
  }
  const given = withPaths(optionsOf(values, positionals), (path) => resolve(path));
  const configs = await configsIn(file);
  process.chdir(dirname(resolve(file))); // what it says is relative to it
  for (const [where, config] of configs) writeGenerated(restored(where, { ...config, ...given }), say);
  return 0;
}

/** What the command line says, as a configuration. */
function optionsOf(values: GenerateValues, headers: readonly string[]): WithPaths & Record<string, unknown> {
  const { docs, out } = values;
  if (docs !== undefined && docs !== "brief" && docs !== "full" && docs !== "none") {
    throw new UsageError(`generate: --docs: expected brief, full or none, got ${docs}`);
  }
  const records = (option: "replace" | "disposes" | "import", name: string = option) => {
    const pairs = (values[option] ?? []).map((pair) => split(`--${option}`, pair));
    return pairs.length > 0 && { [name]: Object.fromEntries(pairs) };
  };
  const { strip, library: libraries, "only-from": onlyFrom, "per-header": perHeader } = values;
  const { allow, block, opaque, text, leaf, pumped, errno, throws, guarded, nowait } = values;
  const lists = {
    strip,
    libraries,
    allow,
    block,
    onlyFrom,
    opaque,
    text,
    leaf,
    pumped,
    errno,
    throws,
    guarded,
    nowait,
  };
  return {
    ...(headers.length > 0 && { headers }),
    ...commonSettings(values),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)),
    ...records("replace"),
    ...records("disposes"),
    ...records("import", "imports"),
    ...(docs !== undefined && { docs }),
    ...(out !== undefined && { out: values.config === undefined ? out : resolve(out) }),
    ...(perHeader !== undefined && { perHeader }),
    ...shimOf(values),
  };
}

function writeGenerated({ out, perHeader, ...options }: ReturnType<typeof restored>, say: Say): void {
  const place = out === undefined ? {} : { out };
  const module = perHeader || out === undefined ? join(out ?? ".", "module.ts") : out;
  const all = { ...options, ...place, progress: say, ...shimBeside(options, module) };
  const { skipped, absent, declarations } = perHeader
    ? writeModules(generatePerHeader(all), out)
    : writeModule(generate(all), out);
  if (absent.length > 0)
    say(options.libraries?.length ? `in no library: ${absent.join(", ")}` : withoutLibrary(absent));
  say(`${declarations.length} declarations${out === undefined ? "" : ` in ${out}`}, ${skipped.length} skipped`);
}

function shimOf(values: GenerateValues): { readonly shim?: ShimOptions } {
  const { shim: file, "shim-prototype": prototypes } = values;
  if (file !== undefined)
    return { shim: { file: values.config === undefined ? file : resolve(file), ...(prototypes && { prototypes }) } };
  if (prototypes !== undefined) throw new UsageError("generate: --shim-prototype needs --shim, a file");
  return {};
}

/** The shim, named as seen from the module. */
function shimBeside({ shim }: GenerateOptions, module: string): Pick<GenerateOptions, "shim"> {
  return shim === undefined || shim.url !== undefined ? {} : { shim: { ...shim, url: pathFrom(module, shim.file) } };
}

/** What is said where a module has types and constants only. */
function withoutLibrary(absent: readonly string[]): string {
  const some = `${absent.slice(0, 3).join(", ")}${absent.length > 3 ? ", …" : ""}`;
  const what = absent.length === 1 ? "1 function or variable is" : `${absent.length} functions and variables are`;
  return `${what} left out (${some}), since no library was named: add --library <name>, as in -l<name>, or its file`;
}

function writeModule(made: Generated, out: string | undefined): Generated {
  if (out === undefined) process.stdout.write(made.text);
  else writeTo(out, made.text);
  return made;
}

/** In a folder that may not be there yet. */
function writeTo(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function writeModules(made: GeneratedModules, out: string | undefined): GeneratedModules {
  if (out === undefined) throw new UsageError("generate: --per-header needs --out, a folder");
  for (const { file, text } of made.modules) writeTo(join(out, file), text);
  return made;
}

async function runCheck(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: ofCheck, allowPositionals: true });
  if (values.help) return usage();
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`check: expected one module, got ${positionals.length}`);
  const module = (await loadModule(file)) as Record<string, unknown>;
  const own = commonSettings(values);
  const settings = { ...own, ...(values.header && { headers: values.header }), progress: sayer(values.quiet === true) };
  const { differences, compared, unknown } = await check(module, settings);
  for (const { name, what, module: ours, headers, place = file } of differences) {
    console.log(`${place}: ${name}: ${what}: the module has ${String(ours)}, the headers ${String(headers)}`);
  }
  if (unknown.length > 0) console.log(`not in the headers: ${unknown.join(", ")}`);
  console.log(`${compared} facts compared, ${differences.length} differences`);
  if (compared === 0) throw new Error(`${file}: nothing was compared: it exports nothing that the headers declare`);
  return differences.length === 0 ? 0 : 1;
}

async function runMeasure(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: ofMeasure, allowPositionals: true });
  if (values.help) return usage();
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`measure: expected one specification, got ${positionals.length}`);
  const { settings: own = {}, ...exported } = (await loadModule(file)) as { readonly settings?: Settings };
  const entries = Object.fromEntries(Object.entries(exported).filter(([, value]) => isAsked(value))) as Entries;
  if (Object.keys(entries).length === 0)
    throw new Error(`${file}: it exports no entries: export const x = SizeOf("x")`);
  const settings: Settings = {
    ...merged(own, commonSettings(values)),
    ...(values.compiler !== undefined && { compiler: values.compiler }),
    ...(values.object && { mode: "object" }),
    progress: sayer(values.quiet === true),
  };
  const text = values.out?.endsWith(".ts")
    ? await configured(settings, entries, values.out)
    : `${JSON.stringify(await measure(settings, entries), exactNumbers, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else writeTo(values.out, text);
  return 0;
}

// -- Private ---------------------------------------------------------------------------------------

/** The option or command that is close to the one which a message calls unknown; null where none is. */
function meantBy(message: string): string | null {
  const option = /^Unknown option '--([^']+)'/.exec(message)?.[1];
  if (option !== undefined) {
    const found = nearest(option, Object.keys({ ...ofGenerate, ...ofMeasure, ...ofCheck }));
    return found && `--${found}`;
  }
  const word = /^there is no command "([^"]+)"/.exec(message)?.[1];
  return word === undefined ? null : nearest(word, ["generate", "check", "measure"]);
}

type Say = (message: string) => void;
type GenerateValues = ReturnType<typeof parseArgs<{ options: typeof ofGenerate; allowPositionals: true }>>["values"];

interface CommonValues {
  readonly "include-dir"?: string[] | undefined;
  readonly define?: string[] | undefined;
  readonly package?: string[] | undefined;
}

function commonSettings(values: CommonValues) {
  const defines = (values.define ?? []).map((word): [string, string | true] => {
    const at = word.indexOf("=");
    return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1)];
  });
  return {
    ...(values["include-dir"] && { includeDirs: values["include-dir"] }),
    ...(defines.length > 0 && { defines: Object.fromEntries(defines) }),
    ...(values.package && { packages: values.package }),
  };
}

/** What the command line says is added to what the specification says. */
function merged(own: Settings, more: ReturnType<typeof commonSettings>): Settings {
  return {
    ...own,
    ...(more.includeDirs && { includeDirs: [...(own.includeDirs ?? []), ...more.includeDirs] }),
    ...(more.defines && { defines: { ...own.defines, ...more.defines } }),
    ...(more.packages && { packages: [...(own.packages ?? []), ...more.packages] }),
  };
}

function isAsked(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "kind" in value && "where" in value && "ifdef" in value;
}

/** JSON has no bigints, and no infinity: such a number is a text. */
function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value;
}

function split(option: string, pair: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`${option}: expected two words with = between them, got ${pair}`);
}

/** Messages about long work go to standard error: standard output may be the module. */
function sayer(isQuiet: boolean): Say {
  return isQuiet ? () => {} : (message) => console.error(message);
}

function usage(status = 0): number {
  console.log(USAGE);
  return status;
}
