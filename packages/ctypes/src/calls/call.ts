/**
 * Calling C.
 *
 * How a call happens
 *   1. the wrapper        checks the number of arguments and whether the call goes another way (`Callee.divert`)
 *   2. Traits.pass        turns each argument into what its slot takes; this may run any JavaScript, also other calls
 *   3. slots              the target, the arguments, and where a wide result goes are written to the frame
 *   4. PreparedCall.leaf  runs it when nothing can call back, PreparedCall.switching (`wrapper/switching.ts`) or enter
 *                         otherwise
 *   5. slots              the result is read, Traits.receive makes a value of it
 *
 * What was passed stays alive until step 4 is over, and the scratch stack is put back after step 5. A wrapper is made
 * for each C function, by a maker that the functions of a signature share:
 *
 *     makeCall ──▶ makerOf(shape) ──┬── wrapper/handed.ts        plain numbers of a leaf call, by registers; what is not
 *                                   │       └── others           plain goes to the next one
 *                                   ├── wrapper/compiled.ts      the stages as source, by numbers
 *                                   │       └── bits             the same by bits, for values that are no exact numbers
 *                                   └── wrapper/interpreted.ts   the stages run, where no code may be made of strings
 *
 *     shape ──▶ wrapper/stages.ts: convert, check, write, enter, receive; each is printed, or run
 */
import { type Address, FRAME, rawffi, type Tier } from "rawffi";
import { ArgumentError } from "../memory/errors.ts";
import { collectOften } from "../memory/stress.ts";
import { WeaklyBy } from "../memory/weakly.ts";
import type { Traits } from "../types/protocol.ts";
import { type Callable, type Callee, type CallShape, type Maker, notCallable, prepare } from "./shape.ts";
import { bitsOf } from "./slots.ts";
import { watchedShape } from "./watched.ts";
import { compiledMaker } from "./wrapper/compiled.ts";
import { handedCall, handedMaker } from "./wrapper/handed.ts";
import { interpretedMaker } from "./wrapper/interpreted.ts";

// Traits are one object a type, so a signature is known by the identities of its parts.
const numbers = new WeakMap<object, number>();
let nextNumber = 1;
// Each function holds the maker of its wrapper, which knows the types of the signature.
const makers = new WeaklyBy<string, Maker>();

/**
 * A function of JavaScript that calls the C function at `address`; `mayBeLeaf` looks whether that calls nothing, if
 * nobody has declared it.
 */
export function makeCall(given: CallShape, callee: Callee, address: Address, mayBeLeaf = true): Callable {
  if (typeof address === "bigint") return uncallable(callee, address);
  const isPlain = !given.isChecked && collectOften === null;
  const known = isPlain ? given : watchedShape(given);
  const shape = given.leaf === undefined && !given.pumped ? { ...known, ...leafOf(address, mayBeLeaf) } : known;
  const key = shapeKey(shape);
  let maker = makers.get(key);
  if (maker === undefined) {
    if (shape.parameters.length > FRAME.MAX_ARGUMENTS) {
      const count = `too many arguments (${shape.parameters.length}), the maximum is ${FRAME.MAX_ARGUMENTS}`;
      throw new ArgumentError(`${callee.name}(): ${count}`);
    }
    maker = makers.set(key, makerOf(shape));
  }
  callee.maker = maker;
  return maker(callee, bitsOf(address));
}

/** What is seen of a function that is not declared to be a leaf, nor to be none. */
function leafOf(address: number, mayBeLeaf: boolean): Pick<CallShape, "leaf"> {
  if (mayBeLeaf && rawffi.callsNothing(address)) return { leaf: true };
  return rawffi.runsJavaScript(address) ? { leaf: false } : {};
}

/** What tells one shape from another. */
export function shapeKey({ result, parameters, fixed, usesErrno, leaf, pumped, throws, guarded }: CallShape): string {
  const parts = [result, ...parameters].map((traits) => (traits === null ? 0 : numberOf(traits)));
  return `${parts.join()};${fixed ?? ""};${usesErrno ? "e" : ""}${leaf ?? ""}${pumped ? "p" : ""}${throws ? "t" : ""}${guarded ? "g" : ""}`;
}

/** Of a function pointer that is a mark, as `SIG_ERR`, or tagged. */
function uncallable(callee: Callee, address: bigint): Callable {
  return (...args) => {
    if (callee.divert !== null) return callee.divert(args);
    throw notCallable(callee, address);
  };
}

function numberOf(traits: Traits): number {
  let number = numbers.get(traits);
  if (number === undefined) numbers.set(traits, (number = nextNumber++));
  return number;
}

function makerOf(shape: CallShape): Maker {
  return handedMaker(shape) ?? compiledMaker(shape) ?? interpretedMaker(shape);
}

/** How a call of this shape goes, at best. */
export function tierOf(shape: CallShape): Tier {
  const { tier, leaf } = prepare(shape, "numbers");
  // With `use_errno` there are leaf calls by registers alone.
  return tier === "fast" && leaf === null && handedCall(shape) === null ? "direct" : tier;
}
