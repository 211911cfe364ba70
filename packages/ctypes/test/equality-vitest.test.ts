/**
 * Comparing objects of C with Vitest, and with the chai that comes with it. In a process of its own: it shares a global
 * with Jest.
 */
import assert from "node:assert";
import { arrayBufferEquality, chai, equals, iterableEquality, sparseArrayEquality, typeEquality } from "@vitest/expect";
import { testEquality } from "./equality.ts";

// What its matchers toEqual and toStrictEqual do.
const strictly = [iterableEquality, typeEquality, sparseArrayEquality, arrayBufferEquality];
testEquality("Vitest's toEqual", (a, b) => assert.ok(equals(a, b, [iterableEquality])));
testEquality("Vitest's toStrictEqual", (a, b) => assert.ok(equals(a, b, strictly, true)));
testEquality("chai 6", (a, b) => chai.expect(a).to.deep.equal(b), ["functions as members"]);
