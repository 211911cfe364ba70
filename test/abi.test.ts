/**
 * A small batch of what `npm run abi` does: random aggregates and signatures against the C compiler, one fixed seed and one that changes.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparePython } from "./abi/python.ts";
import { reportOf } from "./abi/report.ts";
import type { Aggregate, AggregateItem, Item, Signature } from "./abi/spec.ts";
import { makeItem } from "./abi/worker.ts";
import { runJob } from "./abi/workers.ts";

const COUNT = 25;

// -- What was different once -----------------------------------------------------------------------

const bitsOfTwoUnits: Aggregate = {
  kind: "struct",
  id: 0,
  members: [
    { name: "a", type: "short", width: 5 },
    { name: "b", type: "uint", width: 29 },
    { name: "c", type: "byte", width: 7 },
  ],
  pack: 8,
  order: "big",
};
const padded: Aggregate = { kind: "union", id: 0, members: [{ name: "a", type: "ubyte" }], align: 16 };
const oneBit: Aggregate = { kind: "struct", id: 0, members: [{ name: "a", type: "int", width: 1 }] };
const manyBits: Aggregate = {
  kind: "union",
  id: 1,
  members: [{ name: "b", type: { of: { of: oneBit, length: 2 }, length: 2 } }],
};

const once: readonly [what: string, of: { aggregate: Aggregate } | { signature: Signature }][] = [
  ["packed big-endian bit-fields that cross a unit", { aggregate: bitsOfTwoUnits }],
  ["a callback's result beyond 53 bits", { signature: { result: "ulong", parameters: [] } }],
  ["padding at the end of a callback's argument", { signature: { result: null, parameters: [padded, "ushort"] } }],
  ["arrays of one bit-field with padding", { signature: { result: manyBits, parameters: [manyBits] } }],
  ["characters behind '...'", { signature: { result: null, parameters: ["int", "char", "bool", "byte"], fixed: 1 } }],
];

test("what was different once is so no more", async () => {
  // Each with several sets of values.
  const items = once.flatMap(([, of]) => Array.from({ length: 10 }, (_, seed) => ({ ...of, seed }) as unknown as Item));
  const found = await runJob({ items: items.map((item, index) => ({ ...item, index })), batchSize: items.length });
  assert.deepEqual(
    found.map(({ at, what }) => `${once[Math.floor(at / 10)]?.[0]}: ${what}`),
    [],
  );
});

// -- What is random --------------------------------------------------------------------------------

describe("random aggregates and signatures are what the C compiler makes of them", () => {
  for (const [what, seed] of [
    ["a fixed seed", 2026],
    ["a random seed", Math.floor(Math.random() * 1e6)],
  ] as const) {
    test(`with ${what}, ${seed}`, async () => {
      const made = (["aggregate", "signature"] as const).flatMap((kind) =>
        Array.from({ length: COUNT }, (_, index) => ({ seed, kind, index })),
      );
      const found = await runJob({ made, batchSize: 2 * COUNT });
      const reports = found.map(({ at, what: difference }) => {
        const { kind, index } = made[at]!;
        const command = `npm run abi -- --seed ${seed} --only ${index}`;
        return reportOf(makeItem(seed, kind, index), difference, `${kind} ${index} (${command} makes it small)`);
      });
      assert.ok(reports.length === 0, reports.join("\n\n"));
    });
  }
});

// -- What CPython says -----------------------------------------------------------------------------

test("CPython lays out the same aggregates alike, where there is one", (context) => {
  const items = Array.from({ length: COUNT }, (_, index) => makeItem(2026, "aggregate", index) as AggregateItem);
  const { summary, differences } = comparePython(items);
  context.diagnostic(summary);
  assert.deepEqual(differences, []);
});
