/**
 * The calls that a debugger interrupts, and interrupts with: one for each way into C, with the results that they must
 * have. The library is the one compiled from `fixtures/interrupts.c`.
 */
import {
  ARRAY,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_int64,
  c_long,
  c_short,
  c_uint64,
  get_errno,
  POINTER,
  Structure,
  set_errno,
} from "ctypes-js";
import { Sequence } from "ctypes-js/sequence";

class Three extends Structure({ a: c_long, b: c_long, c: c_long }) {}
const Add = CFUNCTYPE(c_int, c_int, c_int);
const Scale = CFUNCTYPE(Three, Three, c_long);
const Ints = ARRAY(c_int, 3);

/** Calls by their number, 0 by the program and others by who interrupts it, and what they give. */
const cases = casesOf(process.argv[2]);

export const names = Object.keys(cases);

/** Makes a call; gives what is wrong with its result, or nothing. */
export function check(name, k) {
  const [call, expected] = cases[name];
  const got = JSON.stringify(call(k));
  const right = JSON.stringify(expected(k));
  return got === right ? "" : `${name}(${k}) gives ${got}, not ${right}`;
}

// What is made at the first call is there.
for (const name of names) {
  const wrong = check(name, 0);
  if (wrong !== "") throw new Error(wrong);
}

/** `{ name: [call, what it gives] }`. */
function casesOf(path) {
  const plain = new CDLL(path, {
    add: Add,
    answer: CFUNCTYPE(c_int),
    keep: CFUNCTYPE(null, c_int),
    get_kept: CFUNCTYPE(c_int),
    mix: CFUNCTYPE(c_double, c_double, c_float, c_short),
    six: CFUNCTYPE(c_int, c_int, c_int, c_int, c_int, c_int, c_int),
    wide_add: CFUNCTYPE(c_int64, c_int64, c_int64),
    unsigned_add: CFUNCTYPE(c_uint64, c_uint64, c_uint64),
    digits: CFUNCTYPE(c_long, c_char_p),
    pick: CFUNCTYPE(c_char_p, c_int),
    three: Scale,
    sum_of: CFUNCTYPE(c_int, POINTER(c_int), c_int),
    call_twice: CFUNCTYPE(c_int, Add, c_int, c_int),
    call_three: CFUNCTYPE(Three, Scale, Three, c_long),
  });
  const declared = (options) => new CDLL(path, { add: CFUNCTYPE(c_int, c_int, c_int, options) }).add;
  const leaf = declared({ leaf: true });
  const calling = declared({ leaf: false });
  const throwing = declared({ throws: true });
  const guarded = declared({ guarded: true });
  const pumped = declared({ pumped: true });
  const swapping = new CDLL(path, { with_errno: CFUNCTYPE(c_int, c_int) }, { use_errno: true });
  const one = typeof new c_long(1).value === "bigint" ? 1n : 1;
  set_errno(11);
  const subtract = new Add((a, b) => a - b);
  const scale = new Scale(({ a, b, c }, by) => new Three({ a: a * by + one, b: b * by, c: c * by }));
  const deep = new Add((a, b) => (a > 0 ? plain.call_twice(deep, a - 1, b) : plain.add(a, b)));
  const failing = new Add((a) => {
    throw new Error(`not ${a}`);
  });
  const leaves = new CDLL(path, {
    add: CFUNCTYPE(c_int, c_int, c_int, { leaf: true }),
    pick: CFUNCTYPE(c_char_p, c_int, { leaf: true }),
  });
  const sequence = new Sequence(
    [leaves.add, Sequence.argument(0), Sequence.argument(1)],
    [leaves.add, Sequence.result(0), 5],
  );
  const texts = new Sequence([leaves.pick, Sequence.argument(0)]);
  const ended = (three) => [three.a, three.b, three.c].map(Number);
  /** What `call` gives, or the name and the message of what it throws. */
  const outcome = (call) => {
    try {
      return call();
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  return {
    add: [(k) => plain.add(3, k), (k) => 3 + k],
    leaf: [(k) => leaf(30, k), (k) => 30 + k],
    calling: [(k) => calling(5, k), (k) => 5 + k],
    throwing: [(k) => throwing(7, k), (k) => 7 + k],
    guarded: [(k) => guarded(9, k), (k) => 9 + k],
    pumped: [(k) => pumped(11, k), (k) => 11 + k],
    answer: [() => plain.answer(), () => 42],
    keep: [(k) => outcome(() => plain.keep(k)), () => undefined],
    mix: [(k) => plain.mix(1.5, 2.5, k), (k) => 175 + k],
    six: [(k) => plain.six(1, 2, 3, 4, 5, k), (k) => 54321 + 100000 * k],
    numbers: [(k) => Number(plain.wide_add(2 ** 40, k)), (k) => 2 ** 40 + k],
    bigints: [(k) => String(plain.wide_add(-(2n ** 62n), k)), (k) => String(-(2n ** 62n) + BigInt(k))],
    unsigned: [(k) => String(plain.unsigned_add(2n ** 63n, k)), (k) => String(2n ** 63n + BigInt(k))],
    digits: [(k) => Number(plain.digits(`1234${k}`)), (k) => 12340 + k],
    pick: [(k) => plain.pick(k), (k) => ["other", "first", "second"][k]],
    three: [(k) => ended(plain.three(new Three({ a: 1, b: 2, c: 3 }), k)), (k) => [k, 2 * k, 3 * k]],
    array: [(k) => plain.sum_of(new Ints(1, 2, k), 3), (k) => 3 + k],
    // Whoever interrupts a call has a copy of errno of its own; who interrupts the program between two, none.
    errno: [
      (k) => {
        set_errno(20 + k);
        const was = swapping.with_errno(30 + k);
        return k === 0 ? was > 0 : was === 20 + k && get_errno() === 30 + k;
      },
      () => true,
    ],
    callback: [(k) => plain.call_twice(subtract, 50, k), (k) => 1000 * (50 - k) + k - 50],
    nested: [(k) => plain.call_twice(deep, 1, k), (k) => twice(deepTwice, 1, k)],
    structures: [(k) => ended(plain.call_three(scale, new Three({ a: 4, b: 5, c: k }), 3)), (k) => [13, 15, 3 * k]],
    failing: [(k) => outcome(() => plain.call_twice(failing, k, 7)), (k) => `Error: not ${k}`],
    wrong: [(k) => outcome(() => plain.add("x", k)).slice(0, 13), () => "ArgumentError"],
    // After a run its results stay until the next one, whoever that is of; in the middle of it, that one's results are
    // put back.
    sequence: [
      (k) => {
        sequence.run(20 + 100 * k, k);
        return k > 0 || [25, 126, 227].includes(sequence.value(1));
      },
      () => true,
    ],
    text: [
      (k) => {
        texts.run(k + 1);
        return k > 0 || ["first", "second", "other"].includes(texts.value(0));
      },
      () => true,
    ],
    async: [
      (k) => {
        plain.add.async(100, k).then((value) => {
          if (value !== 100 + k) throw new Error(`add.async: ${value}`);
        });
      },
      () => undefined,
    ],
  };
}

// What `call_twice` of the library does.
function twice(f, a, b) {
  return 1000 * f(a, b) + f(b, a);
}
function deepTwice(a, b) {
  return a > 0 ? twice(deepTwice, a - 1, b) : a + b;
}
