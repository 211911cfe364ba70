/**
 * C calling JavaScript.
 *
 * How a callback happens
 *   1. C calls the closure   native code stores the arguments in a frame of their own and enters here, without arguments
 *   2. Traits.receive        makes values of the slots; what came by value in memory is copied, since that memory is C's
 *   3. the user's function
 *   4. Traits.pass or store  converts its result into the frame; C returns with it
 * What is thrown in 2 to 4 reaches the JavaScript that called C, when that call returns; C gets zero.
 */
import { CALLBACK_FRAME, type Closure, rawffi } from "rawffi";
import { compile } from "../memory/compile.ts";
import { locate } from "../memory/errors.ts";
import { copy, memoryAt } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import { Argument, type Traits } from "../types/cdata.ts";
import type { CallShape } from "./shape.ts";
import { callbackSlot, slots } from "./slots.ts";

/** A function of JavaScript that C can call. Whoever holds `enter` keeps it working; the closure alone does not. */
export interface Callback {
  readonly enter: () => void;
  readonly closure: Closure;
}

/** Makes a C function out of `target`. `name` is for messages. */
export function makeCallback(shape: CallShape, target: (...args: unknown[]) => unknown, name: string): Callback {
  const receivers = shape.parameters.map((traits, i) => receiver(traits, CALLBACK_FRAME.ARGUMENTS + i));
  const giveResult = shape.result === null ? () => {} : resultWriter(shape.result, name);
  const enter = compiledEnter(receivers, target, giveResult) ?? plainEnter(receivers, target, giveResult);
  const closure = rawffi.closure(
    {
      result: shape.result === null ? "void" : (shape.result.rawArgument ?? shape.result.raw),
      parameters: shape.parameters.map((traits) => traits.rawArgument ?? traits.raw),
      errno: shape.usesErrno,
    },
    enter,
  );
  return { enter, closure };
}

// -- Private ---------------------------------------------------------------------------------------

type Receiver = (frame: number) => unknown;
type ResultWriter = (frame: number, value: unknown) => void;

function compiledEnter(receivers: readonly Receiver[], target: unknown, giveResult: ResultWriter): (() => void) | null {
  const named = Object.fromEntries(receivers.map((receive, i) => [`receive${i}`, receive]));
  const received = receivers.map((_, i) => `receive${i}(frame)`).join(", ");
  return compile<() => void>(`function () { const frame = callbackSlot(); giveResult(frame, target(${received})); }`, {
    ...named,
    callbackSlot,
    target,
    giveResult,
  });
}

function plainEnter(receivers: readonly Receiver[], target: (...args: unknown[]) => unknown, giveResult: ResultWriter) {
  return (): void => {
    const frame = callbackSlot();
    giveResult(frame, target(...receivers.map((receive) => receive(frame))));
  };
}

function receiver(traits: Traits, index: number): Receiver {
  if (traits.slot === "wide") {
    const { read } = slots.wide;
    return (frame) => {
      const from = read(frame + index) as number;
      const offset = reserve(traits.size, traits.align);
      const memory = reserved;
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

function resultWriter(traits: Traits, name: string): ResultWriter {
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
  if (traits.slot === "address" || traits.slot === "uword") {
    // C may use what the pointer points to after the callback returned: the last result stays alive with this closure.
    const offset = reserve(8, 8);
    const memory = reserved;
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
