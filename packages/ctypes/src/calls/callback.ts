/**
 * C calling JavaScript.
 *
 * How a callback happens
 *   1. C calls the closure   native code stores the arguments in a frame of their own and enters here without any
 *   2. Traits.receive        makes values of the slots; values passed in memory are copied, since that memory is C's
 *   3. the user's function
 *   4. Traits.pass or store  converts its result into the frame; C returns with it
 *
 * The function that is entered is made of stages, as the wrappers of calls are. What is thrown in 2 to 4
 * reaches the JavaScript that called C, when that call returns; C gets zero.
 */
import { CALLBACK_FRAME, type Closure, FRAME, rawffi, type Signature } from "rawffi";
import { compile } from "../memory/compile.ts";
import { locate } from "../memory/errors.ts";
import { copy, memoryAt } from "../memory/memory.ts";
import { place } from "../memory/slab.ts";
import { Argument, type Traits } from "../types/protocol.ts";
import { endUse, NO_MORE_IN_USE } from "./interrupted.ts";
import type { CallShape } from "./shape.ts";
import { callbackSlot, frameDoubles, frameWords, type SlotRow, slots } from "./slots.ts";
import { inOrder, type Scope, type Stage } from "./wrapper/stage.ts";

/** A function of JavaScript that C can call. Whoever holds `enter` keeps it working; the closure alone does not. */
export interface Callback {
  readonly enter: () => void;
  readonly closure: Closure;
}

/** Makes C functions of this shape out of functions of JavaScript; `name` is for messages. */
export type CallbackMaker = (func: UserFunction, name: string) => Callback;

/** What makes the callbacks of a type: asked once for each. */
export function callbackMaker(shape: CallShape, nowait: boolean): CallbackMaker {
  const { result, parameters, usesErrno } = shape;
  const signature: Signature = {
    result: result === null ? "void" : (result.rawArgument ?? result.raw),
    parameters: parameters.map((traits) => traits.rawArgument ?? traits.raw),
    errno: usesErrno,
    nowait,
  };
  let count = 0;
  let shared: Maker | undefined;
  return (func, name) => {
    const maker = shared ?? compiledMaker(shape) ?? interpretedMaker(shape);
    if (++count > COMPILED_ALONE) shared = maker;
    const enter = maker(func, resultWriter(result, name));
    return { enter, closure: rawffi.closure(signature, enter, name) };
  };
}

// -- Private ---------------------------------------------------------------------------------------

type UserFunction = (...args: unknown[]) => unknown;
type Receiver = (frame: number) => unknown;
type ResultWriter = (frame: number, value: unknown) => void;
/** What makes the functions that native code enters. */
type Maker = (func: UserFunction, giveResult: ResultWriter) => () => void;

/**
 * The first callbacks of a signature are compiled each for itself: a function made once takes `func` for a constant,
 * and inlines it. Compiling costs as much as thousands of calls, so who makes many has them share what is compiled.
 */
const COMPILED_ALONE = 8;

/** A callback that has been entered. */
interface Entered {
  /** The slot at which its frame begins. */
  readonly frame: number;
  readonly func: UserFunction;
  readonly giveResult: ResultWriter;
  readonly values: unknown[];
  value: unknown;
}

/** What the function that is entered does. Its source finds `func`, `giveResult` and `frame` in sight. */
function stagesOf({ result, parameters }: CallShape): Stage<Entered> {
  return inOrder(
    ...parameters.map(receiving),
    // The frame is in use until the arguments are read: see interrupted.ts.
    { print: () => NO_MORE_IN_USE, run: endUse },
    callingUser(parameters.length),
    ...(result === null ? [] : [giving(result)]),
  );
}

function compiledMaker(shape: CallShape): Maker | null {
  const scope: Scope = { w: frameWords, d: frameDoubles };
  const body = stagesOf(shape).print(scope, "v");
  const frame = `const frame = w[${2 * FRAME.CALLBACK}];`;
  return compile<Maker>(`function (func, giveResult) { return function () { ${frame} ${body} }; }`, scope);
}

function interpretedMaker(shape: CallShape): Maker {
  const all = stagesOf(shape);
  return (func, giveResult) => () => all.run({ frame: callbackSlot(), func, giveResult, values: [], value: undefined });
}

function receiving(traits: Traits, i: number): Stage<Entered> {
  const index = CALLBACK_FRAME.ARGUMENTS + i;
  const receive = receiver(traits, index);
  const row: SlotRow = slots[traits.slot as "i32"];
  return {
    print: (scope, letter) => {
      const isWritten = row.view !== undefined && traits.slot !== "wide";
      scope[`receive${i}`] = isWritten ? traits.receive : receive;
      if (isWritten) scope[traits.slot] = row.view;
      const given = isWritten ? item(traits.slot, row.view as SlotView, index) : "frame";
      return `const ${letter}${i} = receive${i}(${given});`;
    },
    run: (entered) => {
      entered.values[i] = receive(entered.frame);
    },
  };
}

function callingUser(count: number): Stage<Entered> {
  return {
    print: (_, letter) => `const value = func(${Array.from({ length: count }, (_, i) => `${letter}${i}`).join(", ")});`,
    run: (entered) => {
      entered.value = entered.func(...entered.values);
    },
  };
}

function giving({ slot, ready, fromReady }: Traits): Stage<Entered> {
  const { view }: SlotRow = slots[slot as "i32"];
  return {
    print: (scope) => {
      if (view === undefined || ready === undefined) return "giveResult(frame, value);";
      scope[slot] = view;
      Object.assign(scope, { ready, fromReady });
      const taken = fromReady === undefined ? "value" : "fromReady(value)";
      return `if (ready(value)) ${item(slot, view, CALLBACK_FRAME.RESULT)} = ${taken}; else giveResult(frame, value);`;
    },
    run: ({ frame, giveResult, value }) => giveResult(frame, value),
  };
}

type SlotView = NonNullable<SlotRow["view"]>;

/** The item of a view that slot `index` of a callback's frame is. */
function item(name: string, view: SlotView, index: number): string {
  return view.BYTES_PER_ELEMENT === 8 ? `${name}[frame + ${index}]` : `${name}[2 * frame + ${2 * index}]`;
}

function receiver(traits: Traits, index: number): Receiver {
  if (traits.slot === "wide") {
    const { read } = slots.wide;
    return (frame) => {
      const from = read(frame + index) as number;
      const { offset, memory } = place(traits.size, traits.align);
      if (traits.size > 0) {
        const source = memoryAt(from);
        copy(memory, offset, source, from - source.base, traits.size);
      }
      return traits.load(memory, offset, null, 0);
    };
  }
  const { read } = slots[traits.slot as "i32"];
  return (frame) => traits.receive(read(frame + index) as never);
}

function resultWriter(traits: Traits | null, name: string): ResultWriter {
  if (traits === null) return () => {};
  const write = resultRow(traits);
  return (frame, value) => {
    try {
      write(frame + CALLBACK_FRAME.RESULT, value);
    } catch (error) {
      throw locate(error, `the result of the callback ${name}`);
    }
  };
}

function resultRow(traits: Traits): (slot: number, value: unknown) => void {
  if (traits.slot === "wide") {
    return (slot, value) => {
      const to = slots.wide.read(slot) as number;
      const memory = memoryAt(to);
      traits.store(memory, to - memory.base, value);
    };
  }
  if (traits.slot === "address") {
    // C may use what the pointer points to after the callback returned: the last result stays alive with this closure.
    const { offset, memory } = place(8, 8);
    let last: unknown;
    const { write } = slots.u64;
    return (slot, value) => {
      last = traits.store(memory, offset, value);
      // All 64 bits: of an `unsigned long`, a number would hold only 53.
      write(slot, memory.getBigUint64(offset, true) as never);
      void last;
    };
  }
  const { write } = slots[traits.slot as "i32"];
  return (slot, value) => {
    const passed = traits.pass(value);
    write(slot, (passed instanceof Argument ? passed.value : passed) as never);
  };
}
