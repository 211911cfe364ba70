/** What libffi is known to call wrongly is refused, in every way that leads to it, and nothing else is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AggregateType, RawType, Signature } from "rawffi";
import { loadAddon } from "../src/load.ts";
import { createNodeApi } from "../src/node-api.ts";
import { aapcs64 } from "../src/stubs/aapcs64/aapcs64.ts";
import { sysv } from "../src/stubs/sysv/sysv.ts";
import { Caller } from "./caller.ts";
import { fixture } from "./fixture.ts";

const line: AggregateType = { size: 64, align: 64, memberAlign: 4, leaves: [{ type: "sint32", offset: 0 }] };
const mixed: AggregateType = {
  size: 16,
  align: 8,
  leaves: [
    { type: "sint64", offset: 0 },
    { type: "double", offset: 8 },
  ],
};
const five: RawType[] = Array(5).fill("sint64");
const taking = (...parameters: RawType[]): Signature => ({ result: "sint32", parameters });

const BEFORE_3_5 = 0;
const V3_8_0 = 30800;

test("System V AMD64: what is refused, of which versions", () => {
  const rows: [what: string, signature: Signature, version: number, fault: RegExp | null][] = [
    ["aligned to 64", taking("sint32", line), V3_8_0, /^argument 2 is aligned to 64 bytes/],
    ["aligned to 64", taking("sint32", line), BEFORE_3_5, /^argument 2 is aligned to 64 bytes/],
    ["after '...'", { ...taking("sint32", line), fixed: 1 }, V3_8_0, /^argument 2/],
    ["aligned to 16", taking({ ...line, align: 16 }), V3_8_0, null],
    ["empty", taking({ size: 0, align: 64, leaves: [] }), V3_8_0, null],
    ["a result", { result: line, parameters: [] }, V3_8_0, null],
    ["the last integer register", taking("double", ...five, mixed), BEFORE_3_5, /^argument 7 takes the last integer/],
    ["the last integer register", taking("double", ...five, mixed), V3_8_0, null],
    ["and the first vector register", taking(...five, mixed), BEFORE_3_5, null],
    ["the last but one", taking("double", "sint64", mixed), BEFORE_3_5, null],
    ["on the stack", taking("double", ...five, "sint64", mixed), BEFORE_3_5, null],
    [
      "after the hidden result",
      { result: line, parameters: ["double", ...five.slice(1), mixed] },
      BEFORE_3_5,
      /^argument 6/,
    ],
  ];
  for (const [what, signature, version, fault] of rows) {
    const found = sysv.libffiFault(signature, "call", version);
    if (fault === null) assert.equal(found, null, what);
    else assert.match(String(found), fault, what);
    assert.equal(sysv.libffiFault(signature, "closure", version), null, `${what}, a closure`);
  }
});

test("AArch64: nothing, since libffi is told of pointers where it would be wrong", () => {
  assert.equal(aapcs64.libffiFault(taking(...five, ...five, line), "call", V3_8_0), null);
  const [, ...passed] = aapcs64.lowerParameters(taking("sint32", line));
  assert.deepEqual(
    passed.map(({ isReference }) => isReference),
    [true],
  );
});

const skip = process.arch === "x64" && process.platform === "linux" ? false : "libffi does it right here";

test("a refused call says why, and C does not run", { skip }, () => {
  const raw = createNodeApi(loadAddon(), { v8: null, usesLeafCalls: false, usesStubs: false });
  const caller = new Caller(raw);
  const library = raw.open(fixture(), raw.modes.RTLD_NOW);
  const target = raw.symbol(library, "subtract");
  const message =
    /^libffi (\(before 3\.5\)|\d+\.\d+\.\d+) calls this signature wrongly, and there is no machine code of our own for it here: argument 1 is aligned to 64/;
  for (const options of [{}, { errno: true }, { throws: true }, { guarded: true }, { elsewhere: true }]) {
    const signature = { ...taking(line), ...options };
    assert.throws(() => caller.call(target, signature, new Uint8Array(64)), { name: "TypeError", message });
    const prepared = raw.prepare(signature);
    assert.deepEqual([prepared.tier, prepared.leaf, prepared.handed, prepared.switching], ["libffi", null, null, 0]);
    for (const way of [prepared.submit, prepared.atEnd]) {
      assert.equal(way === null, !("elsewhere" in options));
      if (way !== null) assert.throws(way, { name: "TypeError", message });
    }
  }
  // C may call such a function of JavaScript's.
  const { closure } = caller.closure(taking(line), () => 1);
  assert.ok(closure.address > 0);
  closure.free();
});
