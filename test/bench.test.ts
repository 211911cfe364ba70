/**
 * The benchmark measures what it says and judges as its table says. No time is asserted here: the figures are made up,
 * or only looked at for being there.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, mock, test } from "node:test";
import { CASES } from "../bench/cases.ts";
import { check } from "../bench/check.ts";
import { CONTENDERS, type Place } from "../bench/contenders.ts";
import { Figures } from "../bench/measuring.ts";
import { REQUIREMENTS, SLOPE } from "../bench/requirements.ts";

const root = join(import.meta.dirname, "..");
const place: Place = { node: process.execPath, major: 20, build: "" };

test("the requirements name cases and contenders that there are", () => {
  const contenders = CONTENDERS.map(({ name }) => name);
  for (const { cases, ours = "ctypes", peer } of REQUIREMENTS) {
    assert.deepEqual(
      [...cases, ...Object.keys(SLOPE.points)].filter((name) => !(name in CASES)),
      [],
    );
    assert.deepEqual(
      [ours, peer].filter((name) => !contenders.includes(name)),
      [],
    );
  }
});

describe("--check", () => {
  test("holds where every ratio is as required, and names each that is not", () => {
    assert.deepEqual(missed({ ctypes: 6, koffi: 42, Deno: 6 / 1.3, LuaJIT: 6 / 3.5 }, "add i32"), []);
    const [first, ...more] = missed({ ctypes: 6, koffi: 41, Deno: 5, LuaJIT: 2 }, "add i32");
    assert.match(first ?? "", /^Node 20: add i32 ctypes 6\.00 ns 41\.0 ns koffi 6\.83× needed: 7× faster$/);
    assert.deepEqual(more, []);
  });

  test("counts a peer that is not installed as missed, but not one that cannot be", () => {
    const reasons = missed({ ctypes: 6, koffi: 42, Deno: 6 }, "add i32");
    assert.equal(reasons.length, 1, reasons.join("\n"));
    assert.match(reasons[0] ?? "", /LuaJIT missing/);
  });

  test("takes the cost of an argument from the slope", () => {
    const figures = new Figures();
    figures.missing.set(20, new Map());
    for (const [name, count] of Object.entries(SLOPE.points)) add(figures, "ctypes", name, 3 + 1.6 * count);
    const all = judge(figures, (name) => name in SLOPE.points);
    assert.match(all.at(-1) ?? "", /each further integer argument 1\.60 ns needed: below 1\.5 ns/);
  });
});

test("a run gives a figure for each case that was asked for, of every contender that is there", () => {
  const args = ["--import", "tsx", "bench/run.ts", "--only", "noop,field read", "--rounds", "1", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const [{ cases }] = JSON.parse(stdout).nodes;
  for (const contender of ["ctypes", "ctypes, a callback alive", "ctypes, no V8 part", "koffi", "addon", "C"]) {
    assert.ok(cases.noop[contender] > 0, `${contender}: ${stdout}`);
  }
  assert.ok(cases["field read"].ctypes > 0 && cases["field read"].DataView > 0, stdout);
  assert.equal(cases["add i32"].ctypes, undefined);
});

// -- Private ---------------------------------------------------------------------------------------

function missed(figuresOfCase: Readonly<Record<string, number>>, name: string): string[] {
  const figures = new Figures();
  figures.missing.set(20, new Map([["node:ffi", { missing: "it came with Node 26", cannotExist: true }]]));
  for (const [contender, ns] of Object.entries(figuresOfCase)) add(figures, contender, name, ns);
  return judge(figures, (wanted) => wanted === name).filter((text) => !text.includes("ctypes,"));
}

function add(figures: Figures, contender: string, name: string, ns: number): void {
  const row = CONTENDERS.find((row) => row.name === contender);
  assert.ok(row, contender);
  figures.add(row, place, name, ns);
}

function judge(figures: Figures, wants: (name: string) => boolean): string[] {
  const log = mock.method(console, "log", () => undefined);
  try {
    return check(figures, [place], wants);
  } finally {
    log.mock.restore();
  }
}
