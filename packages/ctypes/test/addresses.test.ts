/**
 * Pointers that point nowhere: `MAP_FAILED`, `SIG_ERR`, tagged pointers. All 64 bits of them arrive, on every way that
 * a pointer travels, on every tier; what follows such a pointer ends in an exception.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import {
  ARRAY,
  addressof,
  assign,
  atEnd,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_long,
  c_size_t,
  c_uint64,
  c_void_p,
  c_wchar_p,
  cast,
  EndList,
  flagged,
  get_errno,
  LibraryError,
  memmove,
  memoryview_at,
  memset,
  NullPointerError,
  Opaque,
  POINTER,
  pointer,
  Structure,
  sizeof,
  string_at,
  Union,
  wstring_at,
} from "ctypes-js";
import { Sequence } from "ctypes-js/sequence";
import { compileLibrary, isWindows, throws } from "./support.ts";

const library = compileLibrary(
  "addresses",
  `
  #include <errno.h>
  #include <pthread.h>
  #include <stdarg.h>
  typedef unsigned long long W;
  typedef struct { void *p; W n; } Pair;
  typedef struct { void *p; double d; W n; void *q; } Large;
  W bits(void *p) { return (W)p; }
  void *made(W bits) { return (void *)bits; }
  void *same(void *p) { return p; }
  W second(void *a, void *b) { return (W)b; }
  W among(const char *text, double d, void *p, int i, void *q, W n, void *r, void *s) {
    return (text[0] == 't' && d == 1.5 && i == -1 && n == 7 && q == r) ? (W)p + (W)s : 0;
  }
  W last(int count, ...) {
    va_list list; va_start(list, count);
    W value = 0;
    for (int i = 0; i < count; i++) value = va_arg(list, W);
    va_end(list);
    return value;
  }
  void *through(void *(*f)(void *, double, void *), void *p) { return f(p, 1.5, p); }
  Pair pair(Pair given) { given.n = (W)given.p; return given; }
  Large large(Large given) { given.q = given.p; return given; }
  Pair pair_through(Pair (*f)(Pair), Pair given) { return f(given); }
  void out(W bits, void **to) { *to = (void *)bits; }
  W in(void **from) { return (W)*from; }
  void *far = (void *)0x01007fff12345671;
  void *items[3] = { (void *)-1, (void *)0x01007fff12345671, 0 };
  void *fails(void) { errno = 7; return (void *)-1; }
  void *variadic_same(int count, ...) { va_list list; va_start(list, count); void *p = va_arg(list, void *); va_end(list); return p; }
  typedef void *F(void *);
  struct work { F *f; void *p; };
  static void *run(void *data) { struct work *work = data; return work->f(work->p); }
  void *on_thread(F *f, void *p) {
    struct work work = { f, p };
    pthread_t other;
    void *result;
    if (pthread_create(&other, 0, run, &work)) return 0;
    pthread_join(other, &result);
    return result;
  }
  asm(".globl nowhere\\n.set nowhere, 0x01007fff12345671\\n");
  `,
  ["-pthread"],
);

/** Around what a number holds, with low bits that rounding would lose; 0 is not among them. */
const ADDRESSES = [
  4096,
  2 ** 53 - 1,
  2n ** 53n,
  2n ** 53n + 1n,
  0x01007fff12345671n,
  0x7ff0000000000001n, // as a double, a signalling NaN
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 63n + 1n,
  0xfff0000000000001n,
  2n ** 64n - 4096n,
  2n ** 64n - 1n,
] as const;
type Address = number | bigint;

class Thing extends Opaque("Thing") {}
class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
class Handle extends c_void_p {}
const Ints = POINTER(c_int);
const Things = POINTER(Thing);
const Nodes = POINTER(Node);
const Deep = POINTER(POINTER(c_int));
const IntFunction = CFUNCTYPE(c_int, c_int);

/** Each with what makes an object of it, and what an object of it points to. */
const bitsOf = (object: unknown): Address | null => cast(object as never, c_void_p).value;
const TYPES: readonly (readonly [string, any])[] = [
  ["POINTER(c_int)", Ints],
  ["POINTER(opaque)", Things],
  ["POINTER(structure)", Nodes],
  ["POINTER(POINTER(c_int))", Deep],
  ["POINTER(c_char)", POINTER(c_char)],
  ["a function", IntFunction],
  ["c_void_p", c_void_p],
  ["a class of c_void_p", Handle],
];
const plain = (type: unknown, address: Address): unknown =>
  type === c_void_p ? address : cast(address, type as never);
const seen = (value: unknown): Address | null =>
  value === null || typeof value === "number" || typeof value === "bigint" ? value : bitsOf(value);

for (const [name, type] of TYPES) {
  const each = (act: (address: Address, value: any) => void) => {
    for (const address of ADDRESSES) act(address, plain(type, address));
  };

  test(`${name}: a cast keeps all bits, both ways`, () => {
    for (const address of ADDRESSES) {
      const made = cast(address, type);
      assert.equal(bitsOf(made), address);
      assert.equal(bitsOf(cast(made as never, Ints)), address);
      assert.equal(bitsOf(cast(BigInt.asIntN(64, BigInt(address)), type)), address);
    }
    assert.equal(bitsOf(cast(-1, type)), 2n ** 64n - 1n);
  });

  test(`${name}: a member, an item and a copy have all bits`, () => {
    class Holder extends Structure({ before: c_int, p: type, items: ARRAY(type, 3), n: c_uint64 }) {}
    class Overlay extends Union({ p: type, n: c_uint64 }) {}
    each((address, value) => {
      const holder = new Holder({ p: value, items: [null, value] }) as any;
      const words = new BigUint64Array(memoryview_at(addressof(holder), sizeof(Holder)).slice().buffer);
      assert.deepEqual([...words.subarray(1, 4)], [BigInt(address), 0n, BigInt(address)]);
      assert.equal(seen(holder.p), address);
      assert.deepEqual([...holder.items].map(seen), [null, address, null]);
      assert.equal(seen(holder.items[1]), address);
      const copied = new Holder() as any;
      copied.p = holder.p;
      copied.items.put(2, holder.items.at(1));
      assert.deepEqual([seen(copied.p), seen(copied.items.at(2))], [address, address]);
      assert.equal(seen((assign(new Holder(), { p: holder.p } as never) as any).p), address);
      const overlay = new Overlay({ n: address }) as any;
      assert.equal(seen(overlay.p), address);
      overlay.p = null;
      overlay.p = value;
      assert.equal(overlay.n, BigInt(address));
    });
  });

  for (const [how, options] of [
    ["", {}],
    [", a leaf", { leaf: true }],
    [", no leaf", { leaf: false }],
    [", with errno", { use_errno: true }],
    [", pumped", { pumped: true }],
    [", that may throw", { throws: true }],
    [", guarded", { guarded: true }],
  ] as const) {
    test(`${name}: an argument and a result have all bits${how}`, () => {
      const lib = new CDLL(library, {
        bits: CFUNCTYPE(c_uint64, type, options),
        made: CFUNCTYPE(type, c_size_t, options),
        same: CFUNCTYPE(type, type, options),
        second: CFUNCTYPE(c_uint64, POINTER(c_int), type, options),
        among: CFUNCTYPE(c_uint64, c_char_p, c_double, type, c_int, type, c_size_t, c_void_p, type, options),
      }) as any;
      const target = new c_int(5);
      // Small ones before, between and after: the wrapper has seen both kinds.
      for (let round = 0; round < 3; round++) {
        each((address, value) => {
          assert.equal(lib.bits(value), BigInt(address));
          assert.equal(seen(lib.made(address)), address);
          assert.equal(seen(lib.same(value)), address);
          assert.equal(lib.second(target, value), BigInt(address));
          const sum = BigInt.asUintN(64, 2n * BigInt(address));
          assert.equal(lib.among("text", 1.5, value, -1, value, 7, cast(address, c_void_p), value), sum);
          assert.equal(lib.among("t".repeat(100_000), 1.5, value, -1, value, 7, address, value), sum);
          assert.equal(seen(lib.same(null)), null);
        });
      }
    });
  }

  test(`${name}: optimised calls keep all bits`, () => {
    const lib = new CDLL(library, { same: CFUNCTYPE(type, type), second: CFUNCTYPE(c_uint64, type, type) }) as any;
    const values = [...ADDRESSES.slice(0, 2), ...ADDRESSES].map((address) => [address, plain(type, address)] as const);
    const callOften = (times: number) => {
      for (let i = 0; i < times; i++) {
        const [address, value] = values[i % 2] as (typeof values)[number];
        if (lib.second(value, value) !== BigInt(address)) return false;
      }
      return true;
    };
    for (let i = 0; i < 20; i++) assert.ok(callOften(1000));
    for (const [address, value] of values) {
      assert.equal(lib.second(value, value), BigInt(address));
      assert.equal(seen(lib.same(value)), address);
    }
    assert.ok(callOften(1000));
  });

  test(`${name}: a callback gets and gives all bits`, () => {
    for (const options of [{}, { leaf: false }] as const) {
      const Callback = CFUNCTYPE(type, type, c_double, c_void_p);
      const lib = new CDLL(library, { through: CFUNCTYPE(type, Callback, type, options) }) as any;
      const got: unknown[] = [];
      const callback = new (Callback as any)((p: unknown, d: number, q: Address) => {
        got.push(seen(p), d, q);
        return p;
      });
      for (let round = 0; round < 3; round++) {
        each((address, value) => {
          assert.equal(seen(lib.through(callback, value)), address);
          assert.deepEqual(got.splice(0), [address, 1.5, address]);
        });
      }
      callback.dispose();
    }
  });

  test(`${name}: a callback on another thread gets and gives all bits`, async () => {
    const Callback = CFUNCTYPE(type, type);
    const lib = new CDLL(library, { on_thread: CFUNCTYPE(type, Callback, type, { pumped: true }) }) as any;
    const callback = new (Callback as any)((p: unknown) => p);
    for (const address of ADDRESSES) assert.equal(seen(lib.on_thread(callback, plain(type, address))), address);
    callback.dispose();
  });

  test(`${name}: an asynchronous call keeps all bits`, async () => {
    const lib = new CDLL(library, {
      same: CFUNCTYPE(type, type),
      among: CFUNCTYPE(c_uint64, c_char_p, c_double, type, c_int, type, c_size_t, c_void_p, type),
    }) as any;
    for (const address of ADDRESSES) {
      const value = plain(type, address);
      assert.equal(seen(await lib.same.async(value)), address);
      const sum = BigInt.asUintN(64, 2n * BigInt(address));
      assert.equal(await lib.among.async("text", 1.5, value, -1, value, 7, address, value), sum);
    }
  });

  test(`${name}: in a structure by value all bits travel, both ways and through callbacks`, () => {
    class Pair extends Structure({ p: type, n: c_uint64 }) {}
    class Large extends Structure({ p: type, d: c_double, n: c_uint64, q: type }) {}
    const lib = new CDLL(library, {
      pair: CFUNCTYPE(Pair, Pair),
      large: CFUNCTYPE(Large, Large),
      pair_through: CFUNCTYPE(Pair, CFUNCTYPE(Pair, Pair), Pair),
    }) as any;
    const callback = new (CFUNCTYPE(Pair, Pair) as any)((given: any) => new Pair({ p: given.p, n: 3n } as never));
    each((address, value) => {
      const pair = lib.pair(new Pair({ p: value } as never));
      assert.deepEqual([seen(pair.p), pair.n], [address, BigInt(address)]);
      assert.equal(seen(lib.large(new Large({ p: value } as never)).q), address);
      const back = lib.pair_through(callback, new Pair({ p: value } as never));
      assert.deepEqual([seen(back.p), back.n], [address, 3n]);
    });
    callback.dispose();
  });

  test(`${name}: through a pointer to it, all bits go in and come out`, () => {
    const To = POINTER(type);
    const lib = new CDLL(library, {
      out: CFUNCTYPE(null, c_size_t, To),
      in: CFUNCTYPE(c_uint64, To),
    }) as any;
    const out = flagged(
      CFUNCTYPE(null, c_size_t, To),
      ["out", lib],
      [
        [1, "bits"],
        [2, "to"],
      ],
    ) as any;
    for (const address of ADDRESSES) {
      const cell = new (ARRAY(type, 1))() as any;
      lib.out(address, cell);
      assert.equal(seen(cell[0]), address);
      assert.equal(lib.in(cell), BigInt(address));
      assert.equal(seen(cast(cell, To as never as typeof Deep).at(0)), address);
      if (type === IntFunction) continue; // no object of it can be made that is NULL
      assert.equal(seen(out(address)), address);
      const object = new type();
      lib.out(address, byref(object));
      assert.equal(seen(object), address);
      assert.equal(lib.in(byref(object)), BigInt(address));
      assert.equal(seen((pointer(object) as any).contents), address);
    }
  });

  test(`${name}: what from_param gives, and what _as_parameter_ names, has all bits`, () => {
    const lib = new CDLL(library, {
      bits: CFUNCTYPE(c_uint64, type),
      among: CFUNCTYPE(c_uint64, c_char_p, c_double, type, c_int, type, c_size_t, c_void_p, type),
    }) as any;
    each((address, value) => {
      assert.equal(lib.bits(type.from_param(value)), BigInt(address));
      let asked = 0;
      const stand = {
        get _as_parameter_() {
          asked++;
          return value;
        },
      };
      const text = {
        get _as_parameter_() {
          asked++;
          return "text";
        },
      };
      assert.equal(lib.bits(stand), BigInt(address));
      assert.equal(asked, 1);
      const sum = BigInt.asUintN(64, 2n * BigInt(address));
      assert.equal(lib.among(text, 1.5, stand, -1, stand, 7, address, stand), sum);
      assert.equal(asked, 5, "each argument is converted once");
    });
  });

  test(`${name}: a variable of a library has all bits`, () => {
    const lib = new CDLL(library, { far: type, items: ARRAY(type, 3) }) as any;
    if (type !== IntFunction) {
      assert.equal(seen(lib.far), 0x01007fff12345671n);
      assert.equal(seen(type.in_dll(lib, "far")), 0x01007fff12345671n);
    }
    assert.deepEqual([...lib.items].slice(0, 2).map(seen), [2n ** 64n - 1n, 0x01007fff12345671n]);
  });

  test(`${name}: after ... all bits are passed`, () => {
    const lib = new CDLL(library, {
      last: CFUNCTYPE(c_uint64, c_int, "..."),
      variadic_same: CFUNCTYPE(type, c_int, "..."),
    }) as any;
    const undeclared = new CDLL(library) as any;
    undeclared.same.restype = type;
    for (const address of ADDRESSES) {
      const value = cast(address, type);
      assert.equal(lib.last(2, "text", value), BigInt(address));
      assert.equal(seen(lib.variadic_same(1, value)), address);
      assert.equal(seen(undeclared.same(value)), address);
    }
  });
}

// -- Text and arrays -------------------------------------------------------------------------------

test("char * and wchar_t * keep all bits, and reading the text is an error that names the address", () => {
  for (const type of [c_char_p, c_wchar_p as never]) {
    class Holder extends Structure({ text: type, n: c_uint64 }) {}
    const lib = new CDLL(library, {
      bits: CFUNCTYPE(c_uint64, type),
      made: CFUNCTYPE(type, c_size_t),
      items: ARRAY(type, 3),
    });
    for (const address of ADDRESSES) {
      const object = cast(address, type);
      assert.equal(bitsOf(object), address);
      assert.equal(lib.bits(object as never), BigInt(address));
      const hex = new RegExp(`0x${address.toString(16)} cannot be read`);
      const fault = { name: "MemoryFaultError", message: hex, address };
      assert.throws(() => object.value, fault);
      assert.throws(() => lib.made(address as number), fault);
      const holder = new Holder({ text: object as never });
      assert.throws(() => holder.text, fault);
      holder.text = null;
      assert.equal(holder.text, null);
    }
    assert.throws(() => lib.items.at(1), { name: "MemoryFaultError", address: 0x01007fff12345671n });
  }
});

test("byref beyond all memory has all bits", () => {
  const lib = new CDLL(library, { bits: CFUNCTYPE(c_uint64, POINTER(c_int)) });
  const object = new c_int();
  for (const offset of [-1, 2 ** 53, -(2 ** 50), 2 ** 60]) {
    const sum = BigInt.asUintN(64, BigInt(addressof(object)) + BigInt(offset));
    assert.equal(lib.bits(byref(object, offset)), sum);
  }
});

// -- What is not followed --------------------------------------------------------------------------

test("following a pointer to nowhere is an error that names the address, not another place", () => {
  for (const address of ADDRESSES.filter((one) => one >= 2 ** 47)) {
    const p = cast(address, Ints);
    const where = (place: string) =>
      `POINTER(c_int)${place}: 0x${address.toString(16)} is not an address of user space`;
    throws(() => p.contents, RangeError, where(".contents"));
    throws(() => p[0], RangeError, where("[0]"));
    throws(() => p.at(0), RangeError, where("[0]"));
    const store = () => {
      p[0] = 1;
    };
    throws(store, RangeError, where("[0]"));
    throws(() => p.view(1), RangeError, where(".view()"));
    if (typeof address === "bigint") {
      throws(() => p.at(-1), RangeError, where("[-1]"));
      throws(() => p.at(2 ** 40), RangeError, where(`[${2 ** 40}]`));
    }
    throws(() => cast(address, Nodes).contents, RangeError, /is not an address of user space/);
    throws(() => c_int.from_address(address), RangeError, /is not an address of user space/);
    for (const act of [
      () => string_at(address),
      () => string_at(p, 1),
      () => wstring_at(address),
      () => memoryview_at(address, 1),
      () => memset(address, 0, 1),
      () => memmove(byref(new c_int()), address, 1),
      () => memmove(p, byref(new c_int()), 1),
    ])
      throws(act, RangeError, new RegExp(`0x${address.toString(16)} is not an address of user space`));
    const moved = new Ints();
    moved.contents = new c_int(7);
    assert.equal(moved.contents.value, 7);
  }
  throws(() => string_at(-1), RangeError, /0xf{16} is not an address/);
  throws(() => new Ints().contents, NullPointerError, /the pointer is NULL/);
});

test("pointers show all digits of where they point", () => {
  assert.equal(inspect(cast(0x01007fff12345671n, Ints)), "POINTER(c_int) 0x1007fff12345671");
  assert.equal(inspect(cast(-1, Ints)), "POINTER(c_int) 0xffffffffffffffff");
  assert.equal(inspect(new IntFunction(-1)), "[C function *0xffffffffffffffff(c_int) => c_int at 0xffffffffffffffff]");
  assert.equal(inspect(new c_void_p(-1)), "c_void_p(18446744073709551615n)");
});

test("equal addresses are equal values, whatever they were made of", () => {
  const failed = 2n ** 64n - 1n;
  for (const made of [-1, -1n, failed]) {
    assert.equal(new c_void_p(made).value, failed);
    assert.equal(cast(made, Ints) && bitsOf(cast(made, Ints)), failed);
    assert.equal(bitsOf(new IntFunction(made)), failed);
  }
  assert.equal(new c_void_p(5n).value, 5);
  assert.equal(new c_void_p(2n ** 53n - 1n).value, 2 ** 53 - 1);
  assert.equal(new c_void_p(2 ** 60).value, 2n ** 60n);
});

// -- Functions -------------------------------------------------------------------------------------

test("a function that is nowhere is passed and compared, and refuses to be called", {
  skip: isWindows && "a library of Windows cannot export a symbol that is a number",
}, async () => {
  const lib = new CDLL(library, {
    bits: CFUNCTYPE(c_uint64, IntFunction),
    nowhere: IntFunction,
    made: CFUNCTYPE(IntFunction, c_size_t),
  });
  for (const [func, name, address] of [
    [new IntFunction(-1), "*0xffffffffffffffff", 2n ** 64n - 1n],
    [lib.made(0x01007fff12345671n as never), "*0x1007fff12345671", 0x01007fff12345671n],
    [lib.nowhere, "nowhere", 0x01007fff12345671n],
  ] as const) {
    assert.ok(func);
    assert.equal(lib.bits(func), BigInt(address));
    const message = `${name}(): 0x${address.toString(16)} is not an address of user space, so no function is there`;
    throws(() => func(1), RangeError, message);
    await assert.rejects(async () => func.async(1), { name: "RangeError", message });
    (func as any).errcheck = () => 5;
    throws(() => func(1), RangeError, message);
    (func as any).argtypes = [c_long];
    throws(() => (func as any)(1), RangeError, message);
    throws(() => new Sequence([func, 1]), RangeError, message);
    throws(() => atEnd(func, 1), RangeError, message);
    throws(() => new EndList(func), RangeError, message);
  }
  throws(
    () => new CDLL(library, { nowhere: c_int }).nowhere,
    RangeError,
    "nowhere: 0x1007fff12345671 is not an address of user space",
  );
  throws(() => c_int.in_dll(lib, "nowhere"), RangeError, /0x1007fff12345671 is not an address of user space/);
  throws(
    () => new IntFunction(2n ** 64n),
    TypeError,
    /expected an address \(an integer of 64 bits\), got the bigint 18446744073709551616n/,
  );
  throws(() => new IntFunction(-(2n ** 63n) - 1n), TypeError, /expected an address/);
});

test("SIG_ERR and MAP_FAILED are values, not NULL", { skip: isWindows && "Windows has no mmap()" }, () => {
  const Handler = CFUNCTYPE(null, c_int);
  const libc = new CDLL(
    null,
    {
      signal: CFUNCTYPE(Handler, c_int, Handler),
      mmap: CFUNCTYPE(POINTER(c_int), c_void_p, c_size_t, c_int, c_int, c_int, c_long),
    },
    { use_errno: true },
  );
  const previous = libc.signal(9, new Handler(1)); // SIGKILL cannot be ignored
  assert.equal(bitsOf(previous), 2n ** 64n - 1n);
  assert.equal(get_errno(), 22);
  const mapped = libc.mmap(null, 0, 0, 0, -1, 0);
  assert.notEqual(mapped, null);
  assert.equal(bitsOf(mapped), 2n ** 64n - 1n);
  throws(
    () => mapped?.contents,
    RangeError,
    "POINTER(c_int).contents: 0xffffffffffffffff is not an address of user space",
  );
});

test("a destructor that is a number is passed as it is: SQLITE_TRANSIENT", () => {
  class Free extends CFUNCTYPE(null, c_void_p) {}
  const libc = new CDLL(null, { llabs: CFUNCTYPE(c_uint64, Free) });
  assert.equal(libc.llabs(new Free(2n ** 64n - 1n)), 1n);
  assert.equal(libc.llabs(new Free(-1)), 1n);
});

test("a library's handle is RTLD_NEXT, or is refused", { skip: isWindows && "Windows has no RTLD_NEXT" }, () => {
  const symbols = { labs: CFUNCTYPE(c_long, c_long) };
  for (const handle of [-1, -1n, 2n ** 64n - 1n]) {
    const next = new CDLL(null, symbols, { handle });
    assert.equal(next.labs(-5), 5);
    throws(
      () => next.close(),
      LibraryError,
      "the program: rawffi.close: 0xffffffffffffffff is not the handle of a library",
    );
  }
  const wrong = new CDLL(null, symbols, { handle: 0x01007fff12345671n });
  throws(() => wrong.labs, LibraryError, /0x1007fff12345671 is not the handle of a library/);
  throws(
    () => new CDLL(null, symbols, { handle: 2n ** 64n }),
    TypeError,
    /option handle: expected an integer, got the bigint/,
  );
});

// -- Sequences -------------------------------------------------------------------------------------

test("a sequence passes all bits, of constants, arguments and earlier results", () => {
  const leaf = { leaf: true } as const;
  const lib = new CDLL(library, {
    same: CFUNCTYPE(c_void_p, c_void_p, leaf),
    made: CFUNCTYPE(POINTER(c_int), c_size_t, leaf),
    bits: CFUNCTYPE(c_uint64, POINTER(c_int), leaf),
    second: CFUNCTYPE(c_uint64, c_void_p, c_void_p, leaf),
  });
  const { argument, result } = Sequence;
  for (const address of ADDRESSES) {
    const constant = new Sequence([lib.same, address], [lib.second, 0, result(0)]);
    constant.run();
    assert.deepEqual([constant.value(0), constant.value(1)], [address, BigInt(address)]);
  }
  const sequence = new Sequence(
    [lib.same, argument(0)],
    [lib.made, argument(0)],
    [lib.bits, result(1)],
    [lib.second, argument(1), result(0)],
  );
  for (let round = 0; round < 3; round++) {
    for (const address of ADDRESSES) {
      sequence.run(address, 5);
      assert.equal(sequence.value(0), address);
      assert.equal(seen(sequence.value(1)), address);
      assert.equal(sequence.value(2), BigInt(address));
      assert.equal(sequence.value(3), BigInt(address));
    }
  }
  sequence.run(-1, 0);
  assert.equal(sequence.value(0), 2n ** 64n - 1n);
  throws(() => sequence.run("x" as never, 1), TypeError, /expected a number for c_void_p, got the string "x"/);
  const texts = new CDLL(library, { made: CFUNCTYPE(c_char_p, c_size_t, leaf) });
  const text = new Sequence([texts.made, argument(0)]);
  for (const address of ADDRESSES) {
    text.run(address);
    assert.throws(() => text.text(0), { name: "MemoryFaultError", address });
  }
});

// -- The other ways --------------------------------------------------------------------------------

if (process.env.ADDRESSES_WAY === undefined) {
  const noEval = "--disallow-code-generation-from-strings";
  const ways: [string, Record<string, string>, string[]][] = [
    ...[...(isWindows ? [] : ["direct"]), "frame", "libffi"].map((tier): [string, Record<string, string>, string[]] => [
      tier,
      { RAWFFI_TIER: tier },
      [],
    ]),
    ["without code made of strings", {}, [noEval]],
    ["through libffi, without code made of strings", { RAWFFI_TIER: "libffi" }, [noEval]],
  ];
  for (const [way, more, options] of ways) {
    test(`the same: ${way}`, () => {
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const env = { ...environment, ...more, ADDRESSES_WAY: way };
      const flags = [...options, "--expose-gc", "--import", "tsx", "--test-reporter=tap"];
      const child = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], { encoding: "utf8", env });
      assert.equal(child.status, 0, child.stdout + child.stderr);
    });
  }
}
