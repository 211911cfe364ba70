/**
 * Comparing objects of C with `node:assert`, Jest and chai.
 */
import assert from "node:assert";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { expect as chai } from "chai";
import { expect as jest } from "expect";
import { Point, testEquality } from "./equality.ts";

testEquality("assert.deepEqual", (a, b) => assert.deepEqual(a, b));
testEquality("assert.deepStrictEqual", (a, b) => assert.deepStrictEqual(a, b));
testEquality("isDeepStrictEqual", (a, b) => assert.ok(isDeepStrictEqual(a, b)));
testEquality("Jest's toEqual", (a, b) => jest(a).toEqual(b));
testEquality("Jest's toStrictEqual", (a, b) => jest(a).toStrictEqual(b));
// chai reads the members, and compares functions by identity: each read makes a new one.
testEquality("chai", (a, b) => chai(a).to.deep.equal(b), ["functions as members"]);

test("the message of a failed assertion shows the members", () => {
  assert.throws(() => assert.deepStrictEqual(new Point({ x: 1 }), new Point({ x: 3 })), /x: 1[\s\S]*x: 3/);
  assert.throws(() => jest(new Point({ x: 1 })).toEqual(new Point({ x: 3 })), /"x": 3[\s\S]*"x": 1/);
  assert.throws(() => chai(new Point({ x: 1 })).to.deep.equal(new Point({ x: 3 })), /x: 1[\s\S]*x: 3/);
});
