#!/usr/bin/env node
/**
 * The command: `ctypes-configure generate` writes a module, `ctypes-configure check` compares one with the headers.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { check } from "./check/check.ts";
import { generate } from "./generate/generate.ts";

const USAGE = `Usage:
  ctypes-configure generate <header…> [--library <name>…] [--out <file.ts>] [options]
  ctypes-configure check <module.ts> [--header <name>…] [options]

Both:
  --include-dir <folder>  --define <NAME[=value]>  --package <pkg-config name>  --quiet
generate:
  --library <name>        where the functions are: what -l takes, or a file; a symbol comes from the first that has it
  --out <file.ts>         else the module goes to standard output
  --allow <regexp>        only names that match, and what they need
  --block <regexp>        never names that match
  --only-from <regexp>    only what headers declare whose path matches
  --strip <prefix>        a prefix that types and constants lose
  --opaque <regexp>       structures of which only pointers are made
  --replace <C=ctypes>    another type for a name: time_t=c_time_t
  --docs brief|full|none  how much of the comments is kept
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
  allow: { type: "string", multiple: true },
  block: { type: "string", multiple: true },
  "only-from": { type: "string", multiple: true },
  strip: { type: "string", multiple: true },
  opaque: { type: "string", multiple: true },
  replace: { type: "string", multiple: true },
  docs: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

const ofCheck = { ...common, header: { type: "string", multiple: true } } as const satisfies ParseArgsConfig["options"];

/** A command line that makes no sense. */
class UsageError extends Error {}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || String((error as { code?: string }).code).startsWith("ERR_PARSE_ARGS");
  console.error(`ctypes-configure: ${(error as Error).message}${isUsage ? `\n\n${USAGE}` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}

// -- Commands --------------------------------------------------------------------------------------

async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === "generate") return runGenerate(args);
  if (command === "check") return runCheck(args);
  if (command === undefined || command === "--help" || command === "-h" || command === "help") {
    console.log(USAGE);
    return command === undefined ? 2 : 0;
  }
  throw new UsageError(`there is no command "${command}"; there are generate and check`);
}

function runGenerate(args: readonly string[]): number {
  const { values, positionals } = parseArgs({ args: [...args], options: ofGenerate, allowPositionals: true });
  if (values.help) return usage();
  if (positionals.length === 0) throw new UsageError("generate: expected the name of a header, got none");
  const docs = values.docs ?? "brief";
  if (docs !== "brief" && docs !== "full" && docs !== "none") {
    throw new UsageError(`generate: --docs: expected brief, full or none, got ${docs}`);
  }
  const say = sayer(values.quiet === true);
  const { text, skipped, absent, declarations } = generate({
    headers: positionals,
    ...commonSettings(values),
    progress: say,
    libraries: values.library ?? [],
    allow: patterns("--allow", values.allow),
    block: patterns("--block", values.block),
    onlyFrom: patterns("--only-from", values["only-from"]),
    opaque: patterns("--opaque", values.opaque),
    strip: values.strip ?? [],
    replace: Object.fromEntries((values.replace ?? []).map((pair) => split("--replace", pair))),
    docs,
  });
  if (values.out === undefined) process.stdout.write(text);
  else writeFileSync(values.out, text);
  if (absent.length > 0) say(`in no library: ${absent.join(", ")}`);
  say(
    `${declarations.length} declarations${values.out === undefined ? "" : ` in ${values.out}`}, ${skipped.length} skipped`,
  );
  return 0;
}

async function runCheck(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: ofCheck, allowPositionals: true });
  if (values.help) return usage();
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`check: expected one module, got ${positionals.length}`);
  const module = (await load(file)) as Record<string, unknown>;
  const own = commonSettings(values);
  const settings = { ...own, ...(values.header && { headers: values.header }), progress: sayer(values.quiet === true) };
  const { differences, compared, unknown } = await check(module, settings);
  for (const { name, what, module: ours, headers } of differences) {
    console.log(`${name}: ${what}: the module has ${String(ours)}, the headers ${String(headers)}`);
  }
  if (unknown.length > 0) console.log(`not in the headers: ${unknown.join(", ")}`);
  console.log(`${compared} facts compared, ${differences.length} differences`);
  return differences.length === 0 ? 0 : 1;
}

// -- Private ---------------------------------------------------------------------------------------

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

function patterns(option: string, words: readonly string[] = []): RegExp[] {
  return words.map((word) => {
    try {
      return new RegExp(word);
    } catch (error) {
      throw new UsageError(`${option}: ${(error as Error).message}`);
    }
  });
}

function split(option: string, pair: string): [string, string] {
  const [name, type, ...more] = pair.split("=");
  if (name && type && more.length === 0) return [name, type];
  throw new UsageError(`${option}: expected C=ctypes, got ${pair}`);
}

/** Messages about long work go to standard error: standard output may be the module. */
function sayer(isQuiet: boolean): (message: string) => void {
  return isQuiet ? () => {} : (message) => console.error(message);
}

async function load(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
    const advice =
      "use Node 22.18 or newer, or run it with tsx: node --import tsx node_modules/.bin/ctypes-configure check …";
    throw new Error(`${file}: this Node does not run TypeScript; ${advice}`, { cause: error });
  }
}

function usage(): number {
  console.log(USAGE);
  return 0;
}
