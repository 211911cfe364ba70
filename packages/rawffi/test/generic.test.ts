/** How types are described to libffi on processors without stubs of our own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Abi } from "../src/stubs/abi.ts";
import { generic } from "../src/stubs/generic.ts";
import type { AggregateType, ScalarType } from "../src/types.ts";

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

test("integers of 128 bits begin at any doubleword on POWER, and complex numbers are no structures there", () => {
  const lowered = (abi: Abi | null, type: ScalarType) =>
    abi?.lowerParameters({ result: "void", parameters: ["sint32", type] })[1]?.type;
  const pair = { size: 16, align: 16, elements: ["sint64", "sint64"] };
  assert.deepEqual(lowered(power, "sint128"), { ...pair, align: 8 });
  assert.deepEqual(lowered(riscv, "sint128"), pair);
  assert.equal(lowered(power, "cfloat"), "cfloat");
  assert.deepEqual(lowered(riscv, "cfloat"), { size: 8, align: 4, elements: ["float", "float"] });
});

test("a processor whose ABI is not known has no description", () => {
  for (const arch of ["ia32", "mips64el"]) assert.equal(generic(arch), null);
});
