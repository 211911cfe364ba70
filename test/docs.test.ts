/**
 * The documentation tells the truth: every `ts` block of README.md and docs/, and every example in the doc comments of
 * what ctypes exports, passes tsc and runs. A `text` block after a `ts` block is its exact output; a claim after `//`
 * is checked (docs/claims.ts); a block fenced as `ts no-run` is only compiled. Before them, the files and commands that
 * a page gives (docs/steps.ts) are written and run.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { checked } from "./docs/claims.ts";
import { examplesOf } from "./docs/docstrings.ts";
import { programsOf } from "./docs/markdown.ts";
import { type Names, programOfBlock, programOfExamples } from "./docs/programs.ts";
import { stepsOf, take } from "./docs/steps.ts";

const root = join(import.meta.dirname, "..");
const workshop = join(import.meta.dirname, ".docs-build");
const compiled = join(workshop, "out/.docs-build");

interface Job {
  /** The document, from the root, and the line of the block. */
  readonly where: string;
  readonly file: string;
  readonly program: string;
  readonly isRun: boolean;
  readonly output: string | null;
}

const pages = ["README.md", ...filesBelow("docs", ".md"), ...packageReadmes()];
const jobs: Job[] = [
  ...pages.flatMap(jobsOfPage),
  ...jobsOfDocComments(namesOf(["ctypes-js", "ctypes-js/arithmetic", "ctypes-js/sequence", "ctypes-js/util"])),
];
const programName = (job: Job) => job.where.replace(/[/:]/g, "_");

describe("the examples of the documentation", () => {
  let diagnostics = "";

  before(() => {
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(workshop, { recursive: true });
    for (const page of pages) {
      for (const step of stepsOf(readFileSync(join(root, page), "utf8"))) take(step, workshop);
    }
    for (const job of jobs) writeFileSync(join(workshop, `${programName(job)}.ts`), job.program);
    writeFileSync(join(workshop, "tsconfig.json"), JSON.stringify(projectOfExamples));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    diagnostics = run([tsc, "-p", workshop, "--pretty", "false"]).output;
    const libraries = readdirSync(workshop).filter((file) => file.endsWith(".so"));
    for (const file of libraries) copyFileSync(join(workshop, file), join(compiled, file));
  });

  test("pass tsc", () => {
    const byName = new Map(jobs.map((job) => [programName(job), job.file]));
    const inDocuments = diagnostics.replace(
      /(?:[\w./]*\.docs-build\/)?([\w.-]+)\.ts(\(\d+,\d+\))/g,
      (text, name, position) => (byName.has(name) ? byName.get(name) + position : text),
    );
    assert.ok(inDocuments === "", `\n${inDocuments}`);
  });

  for (const job of jobs.filter((job) => job.isRun)) {
    test(`${job.where} ${job.output === null ? "runs" : "prints what it says"}`, () => {
      const program = join(compiled, `${programName(job)}.js`);
      const { status, output, stdout } = run(["--expose-gc", "--enable-source-maps", program]);
      assert.ok(status === 0, `\n${output}`);
      if (job.output !== null) assert.equal(stdout.trimEnd(), job.output);
    });
  }
});

// -- The tools themselves --------------------------------------------------------------------------

describe("claims", () => {
  const check = (line: string) => checked([line], () => "page:1")[0];

  test("of values, declarations, output and errors are checked", () => {
    assert.equal(check("f(1);   // 2"), '__shows("page:1", "2", f(1));');
    assert.equal(check('f("//")   // "x", as in C'), '__shows("page:1", "\\"x\\", as in C", f("//"));');
    assert.equal(check("const p = f();  // Point { x: 1 }"), 'const p = f(); __shows("page:1", "Point { x: 1 }", p);');
    assert.equal(check("console.log(a, b); // 1 2"), '__prints("page:1", "1 2", a, b);');
    assert.equal(check("  f();  // TypeError: no"), '  await __throws("page:1", async () => (f()), "TypeError: no");');
  });

  test("other remarks and half statements are left alone", () => {
    for (const line of [
      "f();   // a live view",
      "f();   // null is passed as NULL",
      "p.x = 5;   // 5 is stored",
      "if (a) {   // 2",
      "class A extends B({   // 2",
      "// 2",
      'open("http://2");',
    ]) {
      assert.equal(check(line), line);
    }
    assert.deepEqual(
      checked(["f(", "  1,", "  g   // 2"], () => ""),
      ["f(", "  1,", "  g   // 2"],
    );
  });
});

describe("examples in doc comments", () => {
  const source = (...comment: string[]) => ["/**", ...comment.map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");

  test("are the indented lines after an empty one, of exported things and their members", () => {
    const text = [
      source("File.", "", "    not.this()"),
      source("One.", "", "    one()   // 1", "", "    two()", "", "Then:", "", "    three()"),
      "export function f() {}",
      source("", "    hidden()"),
      "function g() {}",
      "export class C {",
      "  /**",
      "   * A list:",
      "   *   1. with",
      "   *     an indented line",
      "   *",
      "   *     member()",
      "   */",
    ].join("\n");
    assert.deepEqual(examplesOf(text, new Set(["f", "C"])), [
      { line: 9, lines: ["one()   // 1", "", "two()"] },
      { line: 15, lines: ["three()"] },
      { line: 29, lines: ["member()"] },
    ]);
  });
});

// -- What is documented ----------------------------------------------------------------------------

function jobsOfPage(file: string): Job[] {
  return programsOf(readFileSync(join(root, file), "utf8")).map((block) => ({
    where: `${file}:${block.line}`,
    file,
    program: programOfBlock(file, block),
    isRun: !block.info.includes("no-run"),
    output: block.output,
  }));
}

function jobsOfDocComments(names: Names): Job[] {
  const exported = new Set([...Object.values(names.values), ...Object.values(names.types)].flat());
  return filesBelow("packages/ctypes/src", ".ts").flatMap((file) => {
    const examples = examplesOf(readFileSync(join(root, file), "utf8"), exported);
    if (examples.length === 0) return [];
    return { where: file, file, program: programOfExamples(file, examples, names), isRun: true, output: null };
  });
}

/** What the entry points export, read from their re-exports; types are those that are so marked. */
function namesOf(entries: readonly string[]): Names {
  const values: Record<string, string[]> = {};
  const types: Record<string, string[]> = {};
  for (const entry of entries) {
    const source = readFileSync(join(root, "packages/ctypes/src", `${entry.split("/")[1] ?? "index"}.ts`), "utf8");
    const taken = new Set(Object.values(values).flat());
    for (const [, isType, list] of source.matchAll(/export (type )?\{([^}]*)\}/g)) {
      for (const item of list
        ?.replace(/\/\/.*/g, "")
        .split(",")
        .map((text) => text.trim()) ?? []) {
        const name = /([\w$]+)$/.exec(item)?.[1];
        if (name === undefined || taken.has(name)) continue;
        const place = isType !== undefined || item.startsWith("type ") ? types : values;
        (place[entry] ??= []).push(name);
      }
    }
  }
  return { values, types };
}

function filesBelow(folder: string, extension: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(extension))
    .map((file) => join(folder, file))
    .sort();
}

function packageReadmes(): string[] {
  return readdirSync(join(root, "packages"))
    .map((name) => `packages/${name}/README.md`)
    .filter((file) => existsSync(join(root, file)));
}

// -- Compiling and running -------------------------------------------------------------------------

/** As a user would have it: strict, and none of our own extra strictness. */
const projectOfExamples = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    noUnusedLocals: false,
    noUnusedParameters: false,
    noUncheckedIndexedAccess: false,
    exactOptionalPropertyTypes: false,
    rootDir: "..",
    outDir: "out",
    sourceMap: true,
  },
  include: ["*.ts", "../docs/check.ts"],
};

function run(args: readonly string[]): { status: number | null; output: string; stdout: string } {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return { status, stdout, output: `${stdout}${stderr}${signal === null ? "" : `ended by ${signal}`}`.trimEnd() };
}
