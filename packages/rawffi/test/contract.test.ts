/** Runs the contract's suite against every backend there is, and what only the addon can do. */
import { createDouble } from "rawffi/double";
import { loadAddon } from "../src/load.ts";
import { createNodeApi } from "../src/node-api.ts";
import { contract } from "./contract.ts";
import { fixture } from "./fixture.ts";
import { TWINS, twins } from "./twins.ts";

contract("node-api with stubs", () => ({ raw: createNodeApi(loadAddon(), "frame"), library: fixture() }));

contract("node-api with libffi", () => ({ raw: createNodeApi(loadAddon(), "libffi"), library: fixture() }));

contract("the double", () => ({
  raw: createDouble(twins()),
  library: TWINS,
  cannot: { window: "the double has no memory that could be a window" },
}));
