/**
 * The measured mode: what entries ask goes to the C compiler, facts come back.
 *
 * How it happens
 *   1. program.ts   makes one C text of all entries, and one of each `Has` and `Works`
 *   2. cache.ts     is asked for each; what it knows is not compiled
 *   3. compiler.ts  compiles the others, in parallel; the one program is run, or its object file read (answers.ts)
 *   4. read         makes facts of the answers
 * A member that is a bit-field although nobody said so makes the compiler complain; step 3 is then done again with that
 * known.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Answers, type Bits, printedAnswers, RUNTIME, readAnswers } from "./answers.ts";
import { type Cache, filesIn, openCache } from "./cache.ts";
import { CompilationError, compilerIdentity, execute, findCompiler } from "./compiler.ts";
import type { Entry, FactOf, StructEntry } from "./entry.ts";
import type { EnumFact, Integer, MemberFact, StructFact, TypeFact } from "./facts.ts";
import { isEntry, itemOf, lengthOf, shapeOf } from "./hints.ts";
import { linkingProgram, NOT_ASKED, type Probe, probesOf, readable, runnable, usingProgram } from "./program.ts";
import { type Flags, flagsOf, preambleOf, type Settings } from "./settings.ts";
import { callerOf, lineDirective, type Where } from "./where.ts";

/** Entries by the names their facts get. */
export type Entries = Readonly<Record<string, Entry>>;
export type Facts<E> = { -readonly [K in keyof E]: FactOf<E[K]> };

/**
 * Asks the C compiler, and gives plain facts: sizes, offsets, values. For types made of them, `configure`.
 *
 * @throws CompilationError naming the entry and its line, NoCompilerError, Error when pkg-config does not know a
 * package.
 */
export async function measure<const E extends Entries>(settings: Settings, entries: E): Promise<Facts<E>> {
  const facts = await measureEntries(settings, Object.values(entries), callerOf(measure));
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, facts.get(entry)])) as Facts<E>;
}

/** The same by entry, with the entries that are hints of others. */
export async function measureEntries(
  settings: Settings,
  entries: readonly Entry[],
  caller: Where | null,
): Promise<Map<Entry, unknown>> {
  const compiler = findCompiler(settings.compiler);
  const job: Job = {
    settings,
    compiler,
    identity: await compilerIdentity(compiler),
    flags: flagsOf(settings),
    preamble: `${lineDirective(caller)}${preambleOf(settings)}`,
    cache: openCache(settings.cache),
    folder: mkdtempSync(join(tmpdir(), "ctypes-configure-")),
    caller,
  };
  try {
    const unique = [...new Set(entries.flatMap(withNested))];
    const questions = unique.filter((entry) => isQuestion(entry, settings));
    const others = unique.filter((entry) => !questions.includes(entry));
    const [facts, ...answers] = await Promise.all([
      askAll(job, others),
      ...questions.map((entry) => holds(job, entry)),
    ]);
    for (const [index, entry] of questions.entries()) facts.set(entry, answers[index]);
    return facts;
  } finally {
    rmSync(job.folder, { recursive: true, force: true });
  }
}

// -- The one program -------------------------------------------------------------------------------

interface Job {
  readonly settings: Settings;
  readonly compiler: string;
  readonly identity: string;
  readonly flags: Flags;
  readonly preamble: string;
  readonly cache: Cache;
  readonly folder: string;
  readonly caller: Where | null;
}

async function askAll(job: Job, entries: readonly Entry[]): Promise<Map<Entry, unknown>> {
  if (entries.length === 0) return new Map();
  const called = entries.find((entry) => entry.kind === "IntegerFunctionResult");
  if (called !== undefined && job.settings.mode === "object") {
    throw new TypeError(`${labelOf(called)}: its result is known by running it only, and mode "object" runs nothing`);
  }
  const bitFields = new Set<string>();
  for (;;) {
    const isBits = (entry: Entry) => (member: string) => bitFields.has(`${entry.name} ${member}`);
    const probes = entries.map((entry) => [entry, probesOf(entry, isBits(entry))] as const);
    const list = probes.flatMap(([, named]) => [...named.values()]);
    try {
      const answers = await answersTo(job, list);
      const answerTo = new Map(list.map((probe, id) => [probe, answers.get(id)]));
      return new Map(probes.map(([entry, named]) => [entry, read(entry, named, answerTo)]));
    } catch (error) {
      const found = bitFieldsIn(error, entries).filter((member) => !bitFields.has(member));
      if (found.length === 0) throw error;
      for (const member of found) bitFields.add(member);
    }
  }
}

async function answersTo(job: Job, probes: readonly Probe[]): Promise<Answers> {
  const isRun = job.settings.mode !== "object";
  const source = (isRun ? runnable : readable)(job.preamble, probes);
  const question = questionOf(job, source, [isRun ? "run" : "object", RUNTIME]);
  const known = job.cache.get(question) as
    | [number, string | number | boolean | Bits | { integer: string }][]
    | undefined;
  if (known !== undefined) return new Map(known.map(([id, answer]) => [id, fromJson(answer)]));

  const entries = new Set(probes.map((probe) => probe.entry));
  job.settings.progress?.(`compiling ${probes.length} questions of ${entries.size} entries`);
  const file = (name: string) => join(job.folder, name);
  writeFileSync(file("ask.c"), source);
  const common = ["-w", ...job.flags.compile, "-MD", "-MF", file("ask.d")];
  // Where nothing runs, the optimiser must be on: it works out the sign of bit-fields.
  const object = await execute(job.compiler, [
    ...common,
    isRun ? "-O0" : "-O1",
    "-fno-lto",
    "-c",
    "-o",
    file("ask.o"),
    file("ask.c"),
  ]);
  if (object.status !== 0) throw complaint(object.stderr, [...entries], job);

  const answers = isRun ? await runAnswers(job, file) : readAnswers(readFileSync(file("ask.o")));
  const files = filesIn(readFileSync(file("ask.d"), "utf8")).filter((name) => name !== file("ask.c"));
  job.cache.set(
    question,
    [...answers].map(([id, answer]) => [id, toJson(answer)]),
    files,
  );
  return answers;
}

async function runAnswers(job: Job, file: (name: string) => string): Promise<Answers> {
  writeFileSync(file("runtime.c"), RUNTIME);
  const link = ["-Wl,--no-as-needed", ...job.flags.link, "-ldl"];
  const linked = await execute(job.compiler, ["-w", "-o", file("ask"), file("ask.o"), file("runtime.c"), ...link]);
  if (linked.status !== 0) throw complaint(linked.stderr, [], job);
  const ran = await execute(file("ask"), [file("answers")]).catch((error: Error) => ({
    status: null,
    stderr: error.message,
  }));
  if (ran.status === 0) return printedAnswers(readFileSync(file("answers"), "utf8"));
  const advice = `if ${job.compiler} compiles for another machine, mode: "object" runs nothing`;
  throw new CompilationError(
    `the compiled program did not run to its end (exit code ${ran.status}); ${advice}`,
    ran.stderr,
    null,
  );
}

// -- Questions of their own ------------------------------------------------------------------------

/** What is found out by whether something compiles and links. */
function isQuestion(entry: Entry, settings: Settings): boolean {
  return entry.kind === "Has" || entry.kind === "Works" || (entry.kind === "InLibrary" && settings.mode === "object");
}

/** Null where the macro is not defined that it depends on. */
async function holds(job: Job, entry: Entry): Promise<boolean | null> {
  const source = (entry.kind === "InLibrary" ? linkingProgram : usingProgram)(job.preamble, entry);
  const question = questionOf(job, source, ["link"]);
  const known = job.cache.get(question);
  if (known !== undefined) return known as boolean;
  job.settings.progress?.(`trying ${labelOf(entry)}`);
  const name = join(job.folder, `try-${trials++}`);
  writeFileSync(`${name}.c`, source);
  const args = ["-w", "-O0", ...job.flags.compile, "-MD", "-MF", `${name}.d`, "-o", name, `${name}.c`];
  const { status, stderr } = await execute(job.compiler, [...args, "-Wl,--no-as-needed", ...job.flags.link]);
  // What does not compile today may do so when something was installed, which no file tells.
  if (status === 0) {
    const files = filesIn(readFileSync(`${name}.d`, "utf8")).filter((file) => file !== `${name}.c`);
    job.cache.set(question, true, files);
  }
  return status !== 0 && stderr.includes(NOT_ASKED) ? null : status === 0;
}

let trials = 0;

function questionOf(job: Job, source: string, more: readonly string[]): string {
  // Where the specification stands in its file does not matter.
  const text = source.replace(/^#line .*$/gm, "");
  return JSON.stringify([text, job.identity, job.flags, ...more]);
}

// -- From answers to facts -------------------------------------------------------------------------

type Named = ReadonlyMap<string, Probe>;

function read(entry: Entry, named: Named, answerTo: ReadonlyMap<Probe, Answer | undefined>): unknown {
  const get = (key: string) => {
    const probe = named.get(key);
    return probe && answerTo.get(probe);
  };
  const count = (key: string) => Number(get(key) ?? 0);
  const fact = (prefix: string): TypeFact => ({
    size: count(`${prefix}size`),
    code: String.fromCharCode(count(`${prefix}code`)).replace("\0", ""),
  });
  switch (entry.kind) {
    case "Struct":
    case "Union": {
      if (get("size") === undefined) return null;
      const members = Object.entries((entry as StructEntry).fields).map(([name, hint]): [string, MemberFact] => {
        const bits = get(`${name} bits`) as Bits | undefined;
        if (bits !== undefined) return [name, { offset: bits.offset >> 3, size: 0, code: "", bits }];
        const own = { offset: count(`${name} offset`), ...fact(`${name} `) };
        if (shapeOf(hint) === "plain") return [name, own];
        const item = fact(`${name} item `);
        return [name, { ...own, item: { ...item, length: own.size / item.size } }];
      });
      const isLittle = get("little-endian");
      return {
        size: count("size"),
        align: count("align"),
        members: Object.fromEntries(members),
        ...(isLittle !== undefined && { byteOrder: isLittle === 1n ? "little-endian" : "big-endian" }),
      } satisfies StructFact;
    }
    case "SimpleType":
      if (get("size") === undefined) return null;
      return entry.aligned === true ? { ...fact(""), align: count("align") } : fact("");
    case "SizeOf":
      return get("size") === undefined ? null : count("size");
    case "Enum": {
      if (get("size") === undefined) return null;
      const values = (entry.names ?? []).map((name): [string, Integer] => [name, exact(get(`= ${name}`) as bigint)]);
      return { ...fact(""), values: Object.fromEntries(values) } satisfies EnumFact;
    }
    case "Defined":
      return get("asked") === undefined ? null : get("value") !== undefined;
    case "InLibrary":
      return get("value") === undefined ? null : get("value") === 1n;
    default: {
      const value = get("value");
      return value === undefined ? null : typeof value === "bigint" ? exact(value) : value;
    }
  }
}

/** As a number where a number is exact. */
function exact(value: bigint): Integer {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function toJson(answer: unknown): unknown {
  if (typeof answer === "bigint") return { integer: String(answer) };
  return typeof answer === "number" && !Number.isFinite(answer) ? { double: String(answer) } : answer;
}

function fromJson(kept: unknown): bigint | string | number | Bits {
  const { integer, double } = (typeof kept === "object" ? kept : {}) as { integer?: string; double?: string };
  if (integer !== undefined) return BigInt(integer);
  return double === undefined ? (kept as Bits) : Number(double);
}

// -- Complaints ------------------------------------------------------------------------------------

/** How a person would name an entry: `Struct("struct dirent")`. */
export function labelOf(entry: Entry): string {
  return entry.kind === "Works" ? "Works()" : `${entry.kind}(${JSON.stringify(entry.name)})`;
}

/**
 * The error for what the compiler printed: the first thing it says, and which entry stands on the line it says it of.
 */
function complaint(output: string, entries: readonly Entry[], job: Job): CompilationError {
  const said = /^(.*?):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$/m.exec(output);
  if (said === null) {
    const first = output.split("\n").find((line) => line.trim() !== "") ?? "it says nothing";
    return new CompilationError(`${job.compiler}: ${first}\n${output.trimEnd()}`, output, null);
  }
  const [, file, line, message] = said as unknown as [string, string, string, string];
  const where = { file, line: Number(line) };
  const there = entries.filter((entry) => entry.where?.file === file && entry.where.line === where.line);
  // Several on one line: the one whose name or member the message has.
  // On the line of the call itself it may be a header that is complained of.
  const isOfCall = job.caller?.file === file && job.caller.line === where.line;
  const named = there.find((entry) => wordsOf(entry).some((word) => message.includes(word)));
  const label = [named ?? (isOfCall ? undefined : there[0])]
    .map((entry) => (entry ? `${labelOf(entry)}: ` : ""))
    .join("");
  return new CompilationError(
    [`${file}:${line}: ${label}${message}`, ...othersIn(output, message)].join("\n"),
    output,
    where,
  );
}

/** What else it says, each thing once. */
function othersIn(output: string, first: string): string[] {
  const said = [...output.matchAll(/^(.*?:\d+:)(?:\d+:)? (?:fatal )?error: (.*)$/gm)];
  const others = said.flatMap(([, place, message]) => (message === first ? [] : [`  ${place} ${message}`]));
  return [...new Set(others)];
}

function wordsOf(entry: Entry): string[] {
  const members = Object.keys((entry as Partial<StructEntry>).fields ?? {});
  return [
    entry.name,
    ...entry.name.split(" "),
    ...members.map((member) => `‘${member}’`),
    ...members.map((member) => `'${member}'`),
  ];
}

/** "struct s member" for each member that the compiler complains is a bit-field. */
function bitFieldsIn(error: unknown, entries: readonly Entry[]): string[] {
  if (!(error instanceof CompilationError)) return [];
  const said = error.output.matchAll(/^(.*?):(\d+):.*error: .*bit-field.*?['‘]([A-Za-z_]\w*)['’]/gm);
  return [...said].flatMap(([, file, line, member = ""]) =>
    entries
      .filter((entry) => entry.where === null || (entry.where.file === file && entry.where.line === Number(line)))
      .filter((entry) => member in ((entry as Partial<StructEntry>).fields ?? {}))
      .map((entry) => `${entry.name} ${member}`),
  );
}

/** An entry, and those that are hints of its members, before it. */
function withNested(entry: Entry): Entry[] {
  const hints = Object.values((entry as Partial<StructEntry>).fields ?? {});
  const inner = hints.flatMap((hint) =>
    isEntry(hint) ? [hint] : lengthOf(hint) !== null && isEntry(itemOf(hint)) ? [itemOf(hint) as StructEntry] : [],
  );
  return [...inner.flatMap(withNested), entry];
}
