/**
 * A small batch of what `npm run abi` does: random aggregates and signatures against the C compiler, one fixed seed and
 * one that changes, with stubs and through libffi.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparePython } from "./abi/python.ts";
import { reportOf } from "./abi/report.ts";
import type { Aggregate, AggregateItem, Item, Signature } from "./abi/spec.ts";
import { makeItem } from "./abi/worker.ts";
import { isDifference, runJob } from "./abi/workers.ts";

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

const mixed: Aggregate = {
  kind: "struct",
  id: 2,
  members: [
    { name: "a", type: "long" },
    { name: "b", type: "double" },
  ],
};
const line: Aggregate = { kind: "struct", id: 3, members: [{ name: "a", type: "int" }], align: 64 };
const fiveLongs = ["long", "long", "long", "long", "long"] as const;

const once: readonly [what: string, of: { aggregate: Aggregate } | { signature: Signature }][] = [
  ["packed big-endian bit-fields that cross a unit", { aggregate: bitsOfTwoUnits }],
  ["a callback's result beyond 53 bits", { signature: { result: "ulong", parameters: [] } }],
  ["padding at the end of a callback's argument", { signature: { result: null, parameters: [padded, "ushort"] } }],
  ["arrays of one bit-field with padding", { signature: { result: manyBits, parameters: [manyBits] } }],
  [
    "a structure that takes the last integer register",
    { signature: { result: "long", parameters: ["double", ...fiveLongs, mixed] } },
  ],
  [
    "arguments aligned to more than the stack",
    { signature: { result: line, parameters: ["int", line, "byte", line] } },
  ],
  ["characters after '...'", { signature: { result: null, parameters: ["int", "char", "bool", "byte"], fixed: 1 } }],
];

for (const tier of ["", "libffi"]) {
  test(`what was different once is so no more${tier && `, through ${tier}`}`, async () => {
    // Each with several sets of values.
    const items = once.flatMap(([, of]) =>
      Array.from({ length: 10 }, (_, seed) => ({ ...of, seed }) as unknown as Item),
    );
    const job = { items: items.map((item, index) => ({ ...item, index })), batchSize: items.length };
    const found = await runJob(job, { environment: tier ? { RAWFFI_TIER: tier } : {} });
    const differences = tier ? found.filter(isDifference) : found;
    assert.deepEqual(
      differences.map(({ at, what }) => `${once[Math.floor(at / 10)]?.[0]}: ${what}`),
      [],
    );
    if (tier) assert.ok(found.length > 0, "what libffi does wrongly is refused");
  });
}

// -- What is random --------------------------------------------------------------------------------

describe("random aggregates and signatures are what the C compiler makes of them", () => {
  for (const [what, seed] of [
    ["a fixed seed", 2026],
    ["a random seed", Math.floor(Math.random() * 1e6)],
  ] as const) {
    for (const way of ["with stubs", "through libffi"] as const) {
      test(`${way} and ${what}, ${seed}`, async () => {
        const kinds = way === "with stubs" ? (["aggregate", "signature"] as const) : (["signature"] as const);
        const made = kinds.flatMap((kind) => Array.from({ length: COUNT }, (_, index) => ({ seed, kind, index })));
        const environment = way === "with stubs" ? {} : { RAWFFI_TIER: "libffi" };
        const all = await runJob({ made, batchSize: 2 * COUNT }, { environment });
        // Libffi may refuse what it would do wrongly.
        const found = way === "with stubs" && !process.env.RAWFFI_TIER ? all : all.filter(isDifference);
        const reports = found.map(({ at, what: difference }) => {
          const { kind, index } = made[at]!;
          const command = `npm run abi -- --seed ${seed} --only ${index}`;
          return reportOf(makeItem(seed, kind, index), difference, `${kind} ${index} (${command} makes it small)`);
        });
        assert.ok(reports.length === 0, reports.join("\n\n"));
      });
    }
  }
});

// -- What CPython says -----------------------------------------------------------------------------

test("CPython lays out the same aggregates alike, where there is one", (context) => {
  const items = Array.from({ length: COUNT }, (_, index) => makeItem(2026, "aggregate", index) as AggregateItem);
  const { summary, differences } = comparePython(items);
  context.diagnostic(summary);
  assert.deepEqual(differences, []);
});
