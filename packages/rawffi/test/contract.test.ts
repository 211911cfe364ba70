/** Runs the contract's suite against every backend there is, and what only the addon can do. */
import { test } from "node:test";
import type { RawFFI, Signature } from "rawffi";
import { loadAddon, loadV8Part } from "../src/load.ts";
import { createNodeApi } from "../src/node-api.ts";
import { contract } from "./contract.ts";
import { createDouble, endDouble } from "./double/double.ts";
import { fixture, v8PartIsMissing } from "./fixture.ts";
import { TWINS, twins } from "./twins.ts";

const addon = loadAddon();
const library = fixture();
/** Only V8 keeps the memory of a buffer that is transferred away. */
const WITHOUT_V8 = { hold: true };

contract("node-api with stubs", () => ({
  raw: createNodeApi(addon, { v8: null, usesLeafCalls: false, usesStubs: true }),
  library,
  cannot: WITHOUT_V8,
}));

contract("node-api with libffi", () => ({
  raw: createNodeApi(addon, { v8: null, usesLeafCalls: false, usesStubs: false }),
  library,
  cannot: WITHOUT_V8,
}));

// A stub of its own, and another way in: each does all that the plain one does.
for (const option of ["throws", "guarded"] as const) {
  for (const usesStubs of [true, false]) {
    contract(`calls that are ${option}, ${usesStubs ? "with stubs" : "with libffi"}`, () => ({
      raw: declared(createNodeApi(addon, { v8: null, usesLeafCalls: false, usesStubs }), { [option]: true }),
      library,
      cannot: WITHOUT_V8,
    }));
  }
}

if (v8PartIsMissing()) test("the V8 part", { skip: v8PartIsMissing() }, () => {});
else {
  const v8 = loadV8Part(addon);
  contract("V8", () => ({ raw: createNodeApi(addon, { v8, usesLeafCalls: false, usesStubs: true }), library }));

  contract("V8 with leaf calls", () => ({
    raw: createNodeApi(addon, { v8, usesLeafCalls: true, usesStubs: true }),
    library,
  }));

  contract("V8 with libffi", () => ({
    raw: createNodeApi(addon, { v8, usesLeafCalls: false, usesStubs: false }),
    library,
  }));
}

contract("the double", () => {
  const raw = createDouble(twins());
  return { raw, library: TWINS, cannot: WITHOUT_V8, end: () => endDouble(raw) };
});

/** `raw` with `options` for all calls on this thread. */
function declared(raw: RawFFI, options: Partial<Signature>): RawFFI {
  const prepare = (signature: Signature) => raw.prepare(signature.elsewhere ? signature : { ...signature, ...options });
  return { ...raw, prepare };
}
