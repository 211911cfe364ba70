/**
 * Calling C.
 *
 * How a call happens
 *   1. the wrapper        checks the number of arguments and whether the call goes another way (`Cell.divert`)
 *   2. Traits.pass        turns each argument into what its slot takes; this may run any JavaScript, also other calls
 *   3. slots              the target, the arguments, and where a wide result goes are written to the frame
 *   4. PreparedCall.enter runs it
 *   5. slots              the result is read, Traits.receive makes a value of it
 *
 * What was passed stays alive until step 4 is over, and the scratch stack is put back after step 5. The wrapper is compiled once for a
 * signature, and made for each C function.
 */
import { FRAME, type PreparedCall, rawffi } from "rawffi";
import { compile } from "../memory/compile.ts";
import { ArgumentError, argumentError } from "../memory/errors.ts";
import { reserve, reserved, scratch } from "../memory/slab.ts";
import { Argument, passing, type Traits } from "../types/cdata.ts";
import { slots, writeAddress } from "./slots.ts";

/** What a call is made of, in types. */
export interface CallShape {
  readonly result: Traits | null;
  readonly parameters: readonly Traits[];
  /** The number of parameters in front of `...`, if there is one. */
  readonly fixed?: number | undefined;
  readonly usesErrno: boolean;
}

/** What a wrapper knows of its function, and who is asked when a call is out of the ordinary. */
export interface Callee {
  /** As in messages: `strlen`. */
  readonly name: string;
  /** Takes the call over: an `errcheck` was set, the declaration was changed, the library was closed. */
  divert: ((args: unknown[]) => unknown) | null;
  /** Throws why there is nothing to call any more: a conversion, which runs any JavaScript, may have closed the library. */
  readonly ended: (() => never) | null;
}

export type Callable = (...args: unknown[]) => unknown;
type Maker = (callee: Callee, address: number) => Callable;

// Traits are one object a type, so a signature is known by the identities of its parts.
const numbers = new WeakMap<object, number>();
let nextNumber = 1;
const makers = new Map<string, Maker>();

/** A function of JavaScript that calls the C function at `address`. */
export function makeCall(shape: CallShape, callee: Callee, address: number): Callable {
  const key = shapeKey(shape);
  let maker = makers.get(key);
  if (maker === undefined) {
    if (shape.parameters.length > FRAME.MAX_ARGUMENTS) {
      const count = `too many arguments (${shape.parameters.length}), the maximum is ${FRAME.MAX_ARGUMENTS}`;
      throw new ArgumentError(`${callee.name}(): ${count}`);
    }
    makers.set(key, (maker = makerOf(shape)));
  }
  return maker(callee, address);
}

/** What tells one shape from another. */
export function shapeKey({ result, parameters, fixed, usesErrno }: CallShape): string {
  const parts = [result, ...parameters].map((traits) => (traits === null ? 0 : numberOf(traits)));
  return `${parts.join()};${fixed ?? ""};${usesErrno ? "e" : ""}`;
}

function numberOf(traits: Traits): number {
  let number = numbers.get(traits);
  if (number === undefined) numbers.set(traits, (number = nextNumber++));
  return number;
}

// -- The wrapper -----------------------------------------------------------------------------------

function makerOf(shape: CallShape): Maker {
  const { result, parameters, fixed, usesErrno } = shape;
  const prepared = rawffi.prepare({
    result: result === null ? "void" : (result.rawArgument ?? result.raw),
    parameters: parameters.map((traits) => traits.rawArgument ?? traits.raw),
    ...(fixed !== undefined && { fixed }),
    errno: usesErrno,
  });
  return compiledMaker(shape, prepared) ?? plainMaker(shape, prepared);
}

function compiledMaker({ result, parameters }: CallShape, prepared: PreparedCall): Maker | null {
  const count = parameters.length;
  const names = parameters.map((_, i) => `a${i}`);
  const scope: Record<string, unknown> = {
    enter: prepared.enter,
    scratch,
    wrongCount,
    wrongArgument,
    keepAlive,
    writeAddress,
    reserve,
    lastReserved,
    Argument,
  };
  const convert: string[] = [];
  const write: string[] = [];
  const kept: string[] = [];
  parameters.forEach((traits, i) => {
    scope[`pass${i}`] = passing(traits);
    scope[`write${i}`] = slots[traits.slot as "i32"].write;
    if (traits.ready !== undefined) scope[`ready${i}`] = traits.ready;
    const pass = traits.ready === undefined ? `pass${i}(a${i})` : `ready${i}(a${i}) ? a${i} : pass${i}(a${i})`;
    convert.push(`${i === 0 ? "" : `k = ${i}; `}let v${i} = ${pass};`);
    write.push(`write${i}(${FRAME.ARGUMENTS + i}, v${i});`);
    if (traits.slot === "address" || traits.slot === "uword" || traits.slot === "wide") {
      convert.push(`let t${i}; if (typeof v${i} === "object") { t${i} = v${i}.kept; v${i} = v${i}.value; }`);
      kept.push(`a${i}`, `t${i}`);
    }
  });
  const setUp = [];
  if (prepared.entry !== 0) setUp.push(`writeAddress(${FRAME.ENTRY}, ${prepared.entry});`);
  if (prepared.plan !== 0) setUp.push(`writeAddress(${FRAME.PLAN}, ${prepared.plan});`);
  let read = "";
  if (result?.slot === "wide") {
    Object.assign(scope, { load: result.load });
    setUp.push(`const at = reserve(${result.size}, ${result.align}), memory = lastReserved();`);
    setUp.push(`writeAddress(${FRAME.RESULT}, memory.base + at);`);
    read = "return load(memory, at, null, 0);";
  } else if (result !== null) {
    Object.assign(scope, { read: slots[result.slot as "i32"].read, receive: result.receive });
    read = `return receive(read(${FRAME.RESULT}));`;
  }
  const keepThem = kept.length > 0 ? `keepAlive(${kept.join(", ")});` : "";
  const body = `
    let k = 0;
    ${hoist(convert, count)}
    ${count > 0 ? "if (callee.ended !== null) callee.ended();" : ""}
    writeAddress(${FRAME.TARGET}, address);
    ${setUp.join("\n")}
    ${write.join("\n")}
    enter();
    ${keepThem}
    ${read}`;
  const usesScratch = parameters.some((traits) => traits.usesScratch);
  return compile<Maker>(
    `function (callee, address) {
      return function (${names.join(", ")}) {
        if (arguments.length !== ${count} || callee.divert !== null) return wrongCount(callee, ${count}, arguments);
        ${usesScratch ? `const mark = scratch.top; try { ${body} } finally { scratch.top = mark; }` : body}
      };
    }`,
    scope,
  );
}

// Conversions stand in one `try`, so what they declare must stand before it.
function hoist(convert: readonly string[], count: number): string {
  if (count === 0) return "";
  const declared = convert.join("\n").matchAll(/let ([vt]\d+)/g);
  const names = Array.from(declared, ([, name]) => name).join(", ");
  const statements = convert
    .join("\n")
    .replace(/let (t\d+); /g, "")
    .replaceAll("let v", "v");
  return `let ${names}; try { ${statements} } catch (error) { throw wrongArgument(callee, k, error); }`;
}

// The same where code may not be made of strings.
function plainMaker({ result, parameters }: CallShape, prepared: PreparedCall): Maker {
  const passes = parameters.map(passing);
  const rows = parameters.map((traits) => slots[traits.slot as "i32"]);
  return (callee, address) =>
    (...args) => {
      if (args.length !== parameters.length || callee.divert !== null)
        return wrongCount(callee, parameters.length, args);
      const mark = scratch.top;
      try {
        const values = parameters.map((_, i) => {
          try {
            return passes[i]?.(args[i]);
          } catch (error) {
            throw wrongArgument(callee, i, error);
          }
        });
        callee.ended?.();
        writeAddress(FRAME.TARGET, address);
        writeAddress(FRAME.ENTRY, prepared.entry);
        writeAddress(FRAME.PLAN, prepared.plan);
        const at = result?.slot === "wide" ? reserve(result.size, result.align) : 0;
        const memory = reserved;
        if (result?.slot === "wide") writeAddress(FRAME.RESULT, memory.base + at);
        values.forEach((value, i) => {
          rows[i]?.write(FRAME.ARGUMENTS + i, (value instanceof Argument ? value.value : value) as never);
        });
        prepared.enter();
        keepAlive(args, values);
        if (result === null) return undefined;
        if (result.slot === "wide") return result.load(memory, at, null, 0);
        return result.receive(slots[result.slot as "i32"].read(FRAME.RESULT) as never);
      } finally {
        scratch.top = mark;
      }
    };
}

// -- Called by wrappers ----------------------------------------------------------------------------

/**
 * Does nothing, after the call: a value that is still to be used is still alive, also in optimised code, where a parameter whose last use is
 * over may be collected while C works on its memory.
 */
function keepAlive(..._kept: unknown[]): void {}

function lastReserved(): unknown {
  return reserved;
}

function wrongCount(callee: Callee, count: number, args: ArrayLike<unknown>): unknown {
  if (callee.divert !== null) return callee.divert(Array.from(args));
  throw countError(callee.name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
}

/** `strlen(): expected 1 argument, got 2` */
export function countError(name: string, wanted: string, got: number): ArgumentError {
  return new ArgumentError(`${name}(): expected ${wanted}, got ${got}`);
}

function wrongArgument(callee: Callee, index: number, error: unknown): Error {
  return argumentError(`${callee.name}(): argument ${index + 1}`, error);
}
