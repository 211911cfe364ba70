/** Runs the contract's suite against every backend there is, and what only the addon can do. */
import { test } from "node:test";
import { createDouble, endDouble } from "rawffi/double";
import { loadAddon, loadV8Part } from "../src/load.ts";
import { createNodeApi } from "../src/node-api.ts";
import { contract } from "./contract.ts";
import { fixture, v8PartIsMissing } from "./fixture.ts";
import { TWINS, twins } from "./twins.ts";

const addon = loadAddon();
const library = fixture();

contract("node-api with stubs", () => ({
  raw: createNodeApi(addon, { v8: null, usesLeafCalls: false, usesStubs: true }),
  library,
}));

contract("node-api with libffi", () => ({
  raw: createNodeApi(addon, { v8: null, usesLeafCalls: false, usesStubs: false }),
  library,
}));

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
  const cannot = { window: "the double has no memory that could be a window" };
  return { raw, library: TWINS, cannot, end: () => endDouble(raw) };
});
