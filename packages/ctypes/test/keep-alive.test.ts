/**
 * Lifetimes: what a C object points to lives as long as the object, and no longer.
 *
 * The collector is forced, and then one looks again: at a `WeakRef` of what must or must not be there, or at memory
 * that would have been reused.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  c_long,
  c_size_t,
  c_void_p,
  c_wchar_p,
  cast,
  create_string_buffer,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  string_at,
  Union,
} from "ctypes-js";
import { collect, compileLibrary, functionsPath, many } from "./support.ts";

/** While `owner` is held, `target` must live; afterwards it must not. */
async function livesWith(make: () => { owner: object; target: object }): Promise<void> {
  const box: { owner: object | null; target: WeakRef<object> } = (() => {
    const { owner, target } = make();
    return { owner, target: new WeakRef(target) };
  })();
  await collect();
  assert.notEqual(box.target.deref(), undefined, "it must live as long as its owner");
  box.owner = null;
  await collect(8);
  assert.equal(box.target.deref(), undefined, "it must go with its owner");
}

/** Text long enough for memory of its own, which is given back and overwritten once nobody holds it. */
const long = (mark: string) => mark.repeat(20_000);

/** Collects, and takes the memory that was freed. */
async function churn(): Promise<void> {
  await collect();
  const taken = Array.from({ length: 200 }, () => new Uint8Array(20_001).fill(0x2e));
  await collect(1);
  assert.equal(taken.length, 200);
}

class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
class Named extends Structure({ id: c_int, name: c_char_p }) {}
class Group extends Structure({ first: Named, rest: ARRAY(Named, 3) }) {}

// -- Text ------------------------------------------------------------------------------------------

test("a text object keeps its text", async () => {
  const text = new c_char_p(long("a"));
  const wide = new c_wchar_p(long("é"));
  await churn();
  assert.equal(text.value, long("a"));
  assert.equal(wide.value, long("é"));
});

test("a member keeps its text, however deep it lies", async () => {
  const named = new Named({ name: long("b") });
  const group = new Group({ first: { name: long("c") }, rest: [{}, { name: long("d") }] });
  group.rest.at(2).name = long("e");
  await churn();
  assert.equal(named.name, long("b"));
  assert.equal(group.first.name, long("c"));
  assert.equal(group.rest.at(1).name, long("d"));
  assert.equal(group.rest.at(2).name, long("e"));
});

test("a copied structure keeps the text of the original", async () => {
  const group = new Group();
  group.first = new Named({ name: long("f") });
  group.rest[0] = new Named({ name: long("g") });
  const other = new Group({ rest: [group.first] });
  await churn();
  assert.equal(group.first.name, long("f"));
  assert.equal(group.rest.at(0).name, long("g"));
  assert.equal(other.rest.at(0).name, long("f"));
});

test("an array of text keeps each", async () => {
  const words = new (ARRAY(c_char_p, 3))(long("h"), long("i"));
  words[2] = long("j");
  await churn();
  assert.deepEqual([...words], [long("h"), long("i"), long("j")]);
});

test("text in a union is kept", async () => {
  class Either extends Union({ text: c_char_p, number: c_int }) {}
  const either = new Either({ text: long("k") });
  await churn();
  assert.equal(either.text, long("k"));
});

test("text stored through a pointer's contents is kept by the pointer", async () => {
  const p = pointer(new Named());
  p.contents.name = long("l");
  await churn();
  assert.equal(p.contents.name, long("l"));
});

test("a Uint8Array that was stored is kept", async () => {
  await livesWith(() => {
    const target = Buffer.alloc(100_000, "m");
    target[99_999] = 0; // bytes without an end are copied
    return { owner: new Named({ name: target as never }), target };
  });
});

test("the arguments of a call live until it is over", async () => {
  const Callback = CFUNCTYPE(c_int, c_int);
  const lib = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Callback, c_int) });
  for (let i = 0; i < 20; i++) {
    const result = lib.call_int(
      new Callback((n) => {
        globalThis.gc?.();
        return n;
      }),
      i,
    );
    assert.equal(result, i);
  }
});

// -- Pointers --------------------------------------------------------------------------------------

test("a pointer keeps its pointee", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    return { owner: pointer(target), target };
  }));

test("a pointer member keeps the pointee", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    return { owner: new Node({ next: pointer(target) }), target };
  }));

test("a pointer to a pointer keeps both", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    return { owner: pointer(pointer(target)), target };
  }));

test("an item of an array of pointers keeps the pointee", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    const owner = new (ARRAY(POINTER(Node), 2))();
    owner[1] = pointer(target);
    return { owner, target };
  }));

test("a copied pointer keeps the pointee", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    return { owner: new (POINTER(Node))(pointer(target)), target };
  }));

test("a copied structure keeps the targets of its pointers", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    const owner = new (ARRAY(Node, 1))();
    owner[0] = new Node({ next: pointer(target) });
    return { owner, target };
  }));

test("an array in a pointer member is kept", () =>
  livesWith(() => {
    class Holder extends Structure({ before: c_int, numbers: POINTER(c_int) }) {}
    const target = new (ARRAY(c_int, 3))(1, 2, 3);
    return { owner: new Holder({ numbers: target }), target };
  }));

test("a typed array in a pointer member is kept", () =>
  livesWith(() => {
    class Holder extends Structure({ numbers: POINTER(c_int) }) {}
    const target = Int32Array.of(1, 2, 3);
    return { owner: new Holder({ numbers: target as never }), target };
  }));

test("what a void pointer points to is kept", () =>
  livesWith(() => {
    class Holder extends Structure({ data: c_void_p }) {}
    const target = create_string_buffer("text");
    return { owner: new Holder({ data: target as never }), target };
  }));

test("a pointer that is pointed elsewhere lets go", async () => {
  const node = new Node();
  const first = (() => {
    const target = new Node({ value: 1 });
    node.next = pointer(target);
    return new WeakRef(target);
  })();
  node.next = pointer(new Node({ value: 2 }));
  await collect(8);
  assert.equal(first.deref(), undefined);
  assert.equal(node.next?.contents.value, 2);
});

test("a long list lives by its head", async () => {
  const head = (() => {
    let node = new Node({ value: 0 });
    for (let i = 1; i < 10_000; i++) node = new Node({ value: i, next: pointer(node) });
    return node;
  })();
  await churn();
  let count = 1;
  for (let at: Pointer<Node> | null = head.next; at !== null; at = at.contents.next) count++;
  assert.equal(count, 10_000);
});

test("a circle of pointers is collected", async () => {
  const refs = (() => {
    const first = new Node({ value: 1 });
    const second = new Node({ value: 2, next: pointer(first) });
    first.next = pointer(second);
    return [new WeakRef(first), new WeakRef(second)];
  })();
  await collect(8);
  assert.deepEqual(
    refs.map((ref) => ref.deref()),
    [undefined, undefined],
  );
});

// -- Views -----------------------------------------------------------------------------------------

test("a view of a member keeps the whole", () =>
  livesWith(() => {
    const target = new Group();
    return { owner: target.rest.at(1), target };
  }));

test("contents keeps the pointer, and so the pointee", () =>
  livesWith(() => {
    const target = new Node({ value: 1 });
    return { owner: pointer(target).contents, target };
  }));

test("an object in a buffer keeps the buffer", async () => {
  await livesWith(() => {
    const target = new ArrayBuffer(64);
    return { owner: Node.from_buffer(target), target };
  });
  await livesWith(() => {
    const target = new ArrayBuffer(64);
    return { owner: c_int.from_buffer(target, 4), target };
  });
});

test("the bytes that raw gives keep the memory", async () => {
  const raw = (() => create_string_buffer(long("n")).raw)();
  await churn();
  assert.equal(Buffer.from(raw).toString("latin1"), `${long("n")}\0`);
});

test("a reference keeps its object", () =>
  livesWith(() => {
    const target = new Node();
    return { owner: byref(target), target };
  }));

// -- Casts -----------------------------------------------------------------------------------------

test("a cast keeps what it was cast from", async () => {
  await livesWith(() => {
    const target = new (ARRAY(c_int, 3))(1, 2, 3);
    return { owner: cast(target, POINTER(c_int)), target };
  });
  await livesWith(() => {
    const target = new Node();
    return { owner: cast(pointer(target), c_void_p), target };
  });
  await livesWith(() => {
    const target = Int32Array.of(1, 2);
    return { owner: cast(target, POINTER(c_int)), target };
  });
  await livesWith(() => {
    const target = new Node();
    return { owner: cast(byref(target), POINTER(c_int)), target };
  });
});

test("a cast of a text object keeps the text", async () => {
  const p = (() => cast(new c_char_p(long("o")), POINTER(c_int)))();
  await churn();
  assert.equal(p.at(0), 0x6f6f6f6f);
});

// -- Callbacks -------------------------------------------------------------------------------------

const Callback = CFUNCTYPE(c_int, c_int);
class Driver extends Structure({ id: c_int, run: Callback }) {}
const lib = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Callback, c_int) });

test("a callback stored in a structure lives as long as the structure", () =>
  livesWith(() => {
    const target = new Callback((n) => n + 1);
    return { owner: new Driver({ run: target }), target };
  }));

test("a callback stored deep inside works after a collection", async () => {
  class Drivers extends Structure({ all: ARRAY(Driver, 2) }) {}
  const drivers = new Drivers();
  (() => {
    drivers.all.at(1).run = new Callback((n) => n + 1);
  })();
  await churn();
  assert.equal(drivers.all.at(1).run?.(41), 42);
  assert.equal(lib.call_int(drivers.all.at(1).run, 1), 2);
});

test("a callback in an array lives as long as the array", () =>
  livesWith(() => {
    const target = new Callback((n) => n);
    return { owner: new (ARRAY(Callback, 1))(target as never), target };
  }));

test("a cast callback is kept", () =>
  livesWith(() => {
    const target = new Callback((n) => n);
    return { owner: cast(target, c_void_p), target };
  }));

test("a callback whose address is cast to another function type still works", async () => {
  const again = (() => cast(new Callback((n) => n * 2), CFUNCTYPE(c_int, c_int, c_int)))();
  await churn();
  assert.equal(again(21, 0), 42);
});

// -- ctypes' record --------------------------------------------------------------------------------

test("_objects is ctypes' own record", () => {
  class Inner extends Structure({ id: c_int, name: c_char_p }) {}
  class Outer extends Structure({ a: c_int, inner: Inner, all: ARRAY(c_char_p, 20), numbers: POINTER(c_int) }) {}
  const outer = new Outer();
  assert.equal((outer as unknown as { _objects: unknown })._objects, null, "nothing is kept yet");
  const kept = () => Object.keys((outer as unknown as { _objects: object })._objects).sort();
  outer.inner.name = "x";
  assert.deepEqual(kept(), ["1:1"]);
  outer.all[17] = "y";
  assert.deepEqual(kept(), ["11:2", "1:1"], "item 17 of member 2, in hexadecimal");
  outer.numbers = new (ARRAY(c_int, 2))() as never;
  assert.deepEqual(kept(), ["11:2", "1:1", "3"]);
  outer.numbers = null;
  assert.deepEqual(kept(), ["11:2", "1:1", "3"], "NULL leaves it, as in ctypes");
});

test("a pointer's record names its pointee", () => {
  const target = new Node();
  const p = pointer(target) as Pointer<Node> & { _objects: Record<string, unknown> };
  assert.equal(p._objects["1"], target);
});

test("_b_base_ is the object whose memory it is", () => {
  const group = new Group() as Group & { _b_base_: unknown };
  assert.equal(group._b_base_, null);
  assert.equal((group.first as Named & { _b_base_: unknown })._b_base_, group);
});

// -- During a call ---------------------------------------------------------------------------------

const middle = compileLibrary(
  "middle",
  `typedef struct { long items[4000]; } Long; long last(Long value, int n) { return value.items[3999] + n; }
   unsigned long both(const char *a, const char *b) { unsigned long n = 0; while (a[n] == b[n] && a[n]) n++; return n; }
   void *with_text(const char *text, void *(*f)(void)) { return text == 0 ? 0 : f(); }`,
);

/** An integer whose conversion takes what nobody holds any more. */
const disturbing = (value: number) => ({
  valueOf() {
    create_string_buffer(50_000);
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    for (let i = 0; i < 200; i++) new Uint8Array(32_000).fill(255);
    return value;
  },
});

test("what _as_parameter_ gives lives until C has returned, by value too", () => {
  class Long extends Structure({ items: ARRAY(c_long, 4000) }) {}
  const { last } = new CDLL(middle, { last: CFUNCTYPE(c_long, Long, c_int) });
  const standsFor = {
    get _as_parameter_() {
      const made = new Long();
      made.items[3999] = 41;
      return made;
    },
  };
  for (let i = 0; i < 5; i++) assert.equal(last(standsFor as never, disturbing(1) as never), 42);
});

test("text converted by from_param lives until C has returned", () => {
  // Too long for the scratch stack.
  const huge = "t".repeat(400_000);
  const { both } = new CDLL(middle, { both: CFUNCTYPE(c_size_t, c_void_p, c_void_p) });
  const second = {
    get _as_parameter_() {
      disturbing(0).valueOf();
      return c_char_p.from_param(huge);
    },
  };
  assert.equal(both(c_char_p.from_param(huge) as never, second as never), huge.length);
});

test("text converted by from_param and stored is no text of a call under way", () => {
  const { with_text } = new CDLL(middle, { with_text: CFUNCTYPE(c_void_p, c_char_p, CFUNCTYPE(c_void_p)) });
  const stored = new c_void_p();
  const storing = new (CFUNCTYPE(c_void_p))(() => {
    stored.value = c_char_p.from_param("stored") as never;
    return null;
  });
  with_text("outer", storing);
  with_text("another call, and its text is longer", storingNothing);
  assert.equal(Buffer.from(string_at(stored.value as number)).toString(), "stored");
});

const storingNothing = new (CFUNCTYPE(c_void_p))(() => null);

// -- Following pointers ----------------------------------------------------------------------------

class ListNode extends Structure({ value: c_int, next: () => POINTER(ListNode) }) {}
type Based = { readonly _b_base_: Based | null };

/** The objects between `data` and the owner of its memory, that one included. */
function depthOf(data: unknown): number {
  let depth = 0;
  for (let at = (data as Based)._b_base_; at !== null; at = at._b_base_) depth++;
  return depth;
}

const STEPS = {
  contents: (node: ListNode) => node.next?.contents as ListNode,
  "an index": (node: ListNode) => node.next?.[0] as ListNode,
  "at()": (node: ListNode) => node.next?.at(0) as ListNode,
};

for (const [name, follow] of Object.entries(STEPS)) {
  test(`a ring is followed for ever without growing, by ${name}`, async () => {
    const first = new ListNode({ value: 1 });
    const second = new ListNode({ value: 2, next: pointer(first) });
    first.next = pointer(second);
    const early = new WeakRef(follow(first));
    let node: ListNode = first;
    const depths = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      node = follow(node);
      if (i < 10 || i % 1000 === 0) depths.add(depthOf(node));
      // What is set on the way is kept by where it is, not by how it was come to.
      node.next = pointer(i % 2 === 0 ? first : second);
    }
    assert.deepEqual([...depths], [1]);
    assert.equal(depthOf(node.next), 2);
    assert.ok(Object.keys((first as unknown as { _objects: object })._objects).length <= 4);
    assert.deepEqual([node.value, follow(node).value], [1, 2]);
    await collect();
    assert.equal(early.deref(), undefined);
  });
}

test("a list that is built by following it lives as long as its first node", async () => {
  const COUNT = many(5000);
  const built = (): ListNode => {
    const first = new ListNode({ value: 0 });
    let last = first;
    for (let i = 1; i < COUNT; i++) {
      last.next = pointer(new ListNode({ value: i }));
      last = last.next?.contents as ListNode;
    }
    return first;
  };
  const first = built();
  await collect();
  const churn = Array.from({ length: COUNT }, () => new ListNode({ value: -1 }));
  let sum = 0;
  let count = 0;
  for (let node: ListNode | undefined = first; node !== undefined; node = node.next?.contents) {
    sum += node.value;
    count++;
  }
  assert.deepEqual([count, sum, churn.length], [COUNT, (COUNT * (COUNT - 1)) / 2, COUNT]);
});

test("what a followed pointer leads to keeps the owner alive, and text that is set there", async () => {
  class Text extends Structure({ text: c_char_p, next: () => POINTER(Text) }) {}
  const last = (() => {
    const texts = [new Text(), new Text(), new Text()];
    texts.forEach((one, i) => {
      one.next = i < 2 ? pointer(texts[i + 1] as Text) : null;
    });
    let node = texts[0] as Text;
    for (let i = 0; i < 2; i++) {
      node = node.next?.contents as Text;
      node.text = `text number ${i} `.repeat(20);
    }
    return node;
  })();
  await collect();
  const churn = Array.from({ length: 2000 }, (_, i) => new Text({ text: `other text ${i} `.repeat(20) }));
  assert.equal(last.text, "text number 1 ".repeat(20));
  assert.equal(churn.length, 2000);
  class Whole extends Structure({ name: () => POINTER(c_char_p) }) {}
  const whole = new Whole({ name: pointer(new c_char_p("a")) });
  const name = whole.name?.contents as c_char_p;
  name.value = "another text ".repeat(20);
  await collect();
  assert.equal(whole.name?.contents.value, "another text ".repeat(20));
});
