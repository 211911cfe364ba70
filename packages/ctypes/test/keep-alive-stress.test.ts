/**
 * The keep-alive graph under stress: random graphs of C objects of which JavaScript holds nothing but one root.
 * Everything else must survive the collector, with its contents, because something in the graph keeps it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRAY, CFUNCTYPE, c_char_p, c_int, cast, POINTER, pointer, Structure } from "ctypes-js";

/** Fewer where garbage is collected at each step. */
const ROUNDS = process.env.CTYPES_STRESS === "1" ? 5 : 40;
const DEPTH = 5;
const forceGc = globalThis.gc as () => void;

class Compute extends CFUNCTYPE(c_int, c_int) {}

class Node extends Structure({
  id: c_int,
  name: c_char_p,
  numbers: POINTER(c_int),
  compute: Compute,
  left: () => POINTER(Node),
  right: () => POINTER(Node),
  names: ARRAY(c_char_p, 2),
}) {}

// A linear congruential generator: a failure names the seed, and the seed gives the same graph.
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

function text(id: number, what: string): string {
  return `${what} of node ${id} ${"é".repeat(id % 7)}`;
}

/** A tree of which only the root is returned: nothing else is held by a variable. */
function build(random: () => number, depth: number, ids: { next: number }): Node {
  const id = ids.next++;
  const node = new Node({ id, name: text(id, "name"), names: [text(id, "first"), text(id, "second")] });
  const numbers = new (ARRAY(c_int, 4))(id, id + 1, id + 2, id + 3);
  // An array, or a pointer that was cast from one.
  node.numbers = random() < 0.5 ? (numbers as never) : cast(numbers, POINTER(c_int));
  node.compute = new Compute((n) => n + id);
  if (depth > 0 && random() < 0.9) node.left = pointer(build(random, depth - 1, ids));
  if (depth > 0 && random() < 0.9) {
    // Stored as a member of an array of structures, of which one is pointed to.
    const pair = new (ARRAY(Node, 2))();
    pair.put(1, build(random, depth - 1, ids));
    node.right = pointer(pair.at(1));
  }
  return node;
}

function check(node: Node, seed: number): number {
  const { id } = node;
  const where = `node ${id} of seed ${seed}`;
  assert.equal(node.name, text(id, "name"), where);
  assert.deepEqual(node.names.slice(), [text(id, "first"), text(id, "second")], where);
  assert.deepEqual(node.numbers?.slice(0, 4), [id, id + 1, id + 2, id + 3], where);
  assert.equal(node.compute?.(1000), 1000 + id, where);
  let count = 1;
  if (node.left !== null) count += check(node.left.contents, seed);
  if (node.right !== null) count += check(node.right.contents, seed);
  return count;
}

/** Fills what was freed, so that dangling memory shows. */
function disturb(): void {
  const filler = [];
  for (let i = 0; i < 200; i++) filler.push(new Uint8Array(64 * 1024).fill(0xa5), new (ARRAY(c_int, 256))());
  forceGc();
}

test("of a random graph one root keeps everything", { timeout: 1_800_000 }, async () => {
  const first = Date.now() % 100_000;
  console.log(`keep-alive stress: seeds ${first} to ${first + ROUNDS - 1}`);
  let nodes = 0;
  for (let seed = first; seed < first + ROUNDS; seed++) {
    const ids = { next: 1 };
    const root = build(generator(seed), DEPTH, ids);
    forceGc();
    // Finalizers run between tasks.
    await new Promise(setImmediate);
    disturb();
    await new Promise(setImmediate);
    const seen = check(root, seed);
    assert.equal(seen, ids.next - 1, `seed ${seed}`);
    nodes += seen;
  }
  assert.ok(nodes > 100 * ROUNDS * 0.05);
});

test("a copied structure keeps what the original pointed to", async () => {
  const copy = new (ARRAY(Node, 1))();
  copy.put(0, build(generator(7), 2, { next: 1 }));
  forceGc();
  await new Promise(setImmediate);
  disturb();
  assert.ok(check(copy.at(0), 7) >= 1);
});
