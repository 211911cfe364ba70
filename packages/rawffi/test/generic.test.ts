/** How types are described to libffi on processors without stubs of our own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generic } from "../src/stubs/generic.ts";
import type { AggregateType } from "../src/types.ts";

const riscv = generic("riscv64");
const power = generic("ppc64");

test("a structure is described by its scalars, a union of floats as the processor passes it", () => {
  const mixed: AggregateType = {
    ...{ size: 16, align: 8 },
    leaves: [
      { type: "float", offset: 0 },
      { type: "sint64", offset: 8 },
    ],
  };
  assert.deepEqual(riscv?.lowerResult(mixed), { size: 16, align: 8, elements: ["float", "sint64"] });
  const union: AggregateType = {
    ...{ size: 16, align: 8 },
    leaves: [
      { type: "double", offset: 0 },
      { type: "double", offset: 0, count: 2 },
    ],
  };
  assert.deepEqual(power?.lowerResult(union), { size: 16, align: 8, elements: ["double", "double"] });
  assert.deepEqual(riscv?.lowerResult(union), { size: 16, align: 8, elements: ["uint64", "uint64"] });
});

test("integers of 128 bits are refused on POWER, and unknown processors have no description", () => {
  const signature = { result: "sint128", parameters: ["sint32"] } as const;
  assert.match(power?.libffiFault(signature, "call", 30800) ?? "", /128 bits/);
  assert.equal(riscv?.libffiFault(signature, "call", 30800), null);
  assert.equal(generic("mips64el"), null);
});
