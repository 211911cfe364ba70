/**
 * Calling C.
 *
 * How a call happens
 *   1. the wrapper        checks the number of arguments and whether the call goes another way (`Cell.divert`)
 *   2. Traits.pass        turns each argument into what its slot takes; this may run any JavaScript, also other calls
 *   3. slots              the target, the arguments, and where a wide result goes are written to the frame
 *   4. PreparedCall.leaf  runs it when nothing can call back, PreparedCall.enter otherwise
 *   5. slots              the result is read, Traits.receive makes a value of it
 *
 * What was passed stays alive until step 4 is over, and the scratch stack is put back after step 5. The wrapper is compiled once for a
 * signature, and made for each C function.
 */
import { FAULT, FRAME, type PreparedCall, rawffi, type Tier } from "rawffi";
import { isChecked } from "../memory/checked.ts";
import { compile } from "../memory/compile.ts";
import { ArgumentError, argumentError } from "../memory/errors.ts";
import { reserve, reserved, scratch } from "../memory/slab.ts";
import { collectOften } from "../memory/stress.ts";
import { Argument, passing, type Traits } from "../types/cdata.ts";
import { watchedParameter } from "./checking.ts";
import { checkStillThere, isObject } from "./lent.ts";
import { bitsOf, frameDoubles, frameWords, type SlotRow, slots, writeAddress } from "./slots.ts";

/** What a call is made of, in types. */
export interface CallShape {
  readonly result: Traits | null;
  readonly parameters: readonly Traits[];
  /** The number of parameters in front of `...`, if there is one. */
  readonly fixed?: number | undefined;
  readonly usesErrno: boolean;
  /** Whether C calls nothing back during the call: declared to be so, or not so; undefined is not declared. */
  readonly leaf?: boolean | undefined;
  /** Whether C++ may throw out of it. */
  readonly throws?: boolean | undefined;
  /** Whether a fault leaves the call. */
  readonly guarded?: boolean | undefined;
}

/** What a wrapper knows of its function, and who is asked when a call is out of the ordinary. */
export interface Callee {
  /** As in messages: `strlen`. */
  readonly name: string;
  /** Takes the call over: an `errcheck` was set, the declaration was changed, the library was closed. */
  divert: ((args: unknown[]) => unknown) | null;
  /** Throws why there is nothing to call any more: a conversion, which runs any JavaScript, may have closed the library. */
  readonly ended: (() => never) | null;
  /** Is told of functions that are passed, for a library is not closed while it has callbacks; null where there is no library. */
  readonly lend: ((value: unknown) => void) | null;
}

export type Callable = (...args: unknown[]) => unknown;
/** `target` is the C function's address, as `bitsOf` has it. */
type Maker = (callee: Callee, target: number) => Callable;

// Traits are one object a type, so a signature is known by the identities of its parts.
const numbers = new WeakMap<object, number>();
let nextNumber = 1;
const makers = new Map<string, Maker>();

/** A function of JavaScript that calls the C function at `address`. */
export function makeCall(given: CallShape, callee: Callee, address: number): Callable {
  const isPlain = !isChecked && collectOften === null;
  const shape = isPlain ? given : { ...given, parameters: given.parameters.map(watchedParameter) };
  const key = shapeKey(shape);
  let maker = makers.get(key);
  if (maker === undefined) {
    if (shape.parameters.length > FRAME.MAX_ARGUMENTS) {
      const count = `too many arguments (${shape.parameters.length}), the maximum is ${FRAME.MAX_ARGUMENTS}`;
      throw new ArgumentError(`${callee.name}(): ${count}`);
    }
    makers.set(key, (maker = makerOf(shape)));
  }
  return maker(callee, bitsOf(address));
}

/** What tells one shape from another. */
export function shapeKey({ result, parameters, fixed, usesErrno, leaf, throws, guarded }: CallShape): string {
  const parts = [result, ...parameters].map((traits) => (traits === null ? 0 : numberOf(traits)));
  return `${parts.join()};${fixed ?? ""};${usesErrno ? "e" : ""}${leaf ?? ""}${throws ? "t" : ""}${guarded ? "g" : ""}`;
}

function numberOf(traits: Traits): number {
  let number = numbers.get(traits);
  if (number === undefined) numbers.set(traits, (number = nextNumber++));
  return number;
}

// -- The wrapper -----------------------------------------------------------------------------------

function makerOf(shape: CallShape): Maker {
  const prepared = prepare(shape);
  return compiledMaker(shape, prepared) ?? plainMaker(shape, prepared);
}

/** How a call of this shape goes, at best. */
export function tierOf(shape: CallShape): Tier {
  const { tier, leaf } = prepare(shape);
  return tier === "fast" && leafOf(shape, leaf) === null ? "direct" : tier;
}

function leafOf(shape: CallShape, leaf: PreparedCall["leaf"]): PreparedCall["leaf"] {
  return shape.leaf === false ? null : leaf;
}

function prepare({ result, parameters, fixed, usesErrno, throws, guarded }: CallShape): PreparedCall {
  return rawffi.prepare({
    result: result === null ? "void" : (result.rawArgument ?? result.raw),
    parameters: parameters.map((traits) => traits.rawArgument ?? traits.raw),
    ...(fixed !== undefined && { fixed }),
    errno: usesErrno,
    ...(throws && { throws }),
    ...(guarded && { guarded }),
  });
}

function compiledMaker(shape: CallShape, prepared: PreparedCall): Maker | null {
  const { result, parameters } = shape;
  const count = parameters.length;
  const names = parameters.map((_, i) => `a${i}`);
  const scope: Record<string, unknown> = {
    enter: prepared.enter,
    leaf: prepared.leaf,
    words: frameWords,
    doubles: frameDoubles,
    leafFault,
    scratch,
    wrongCount,
    wrongArgument,
    keepAlive,
    isObject,
    stillThere,
    writeAddress,
    reserve,
    lastReserved,
    Argument,
  };
  const isPlain = count > 0 && parameters.every((traits) => traits.ready !== undefined && !goesByAddress(traits));
  if (isPlain) scope.convertAll = converter(parameters);
  const convert: string[] = [];
  const write: string[] = [];
  const kept: string[] = [];
  parameters.forEach((traits, i) => {
    if (!isPlain) scope[`pass${i}`] = passing(traits);
    if (traits.ready !== undefined) scope[`ready${i}`] = traits.ready;
    const pass = traits.ready === undefined ? `pass${i}(a${i})` : `ready${i}(a${i}) ? a${i} : pass${i}(a${i})`;
    convert.push(`${i === 0 ? "" : `k = ${i}; `}let v${i} = ${pass};`);
    const row: SlotRow = slots[traits.slot as "i32"];
    const slot = FRAME.ARGUMENTS + i;
    if (row.view !== undefined) {
      // Written out: six calls more would be more than the optimising compiler inlines.
      scope[traits.slot] = row.view;
      write.push(`${traits.slot}[${(slot * 8) / row.view.BYTES_PER_ELEMENT}] = ${isPlain ? "a" : "v"}${i};`);
    } else {
      scope[`write${i}`] = row.write;
      write.push(`write${i}(${slot}, ${isPlain ? "a" : "v"}${i});`);
    }
    if (goesByAddress(traits)) {
      convert.push(`let t${i}; if (typeof v${i} === "object") { t${i} = v${i}.kept; v${i} = v${i}.value; }`);
      kept.push(`a${i}`, `t${i}`);
    }
  });
  const setUp = [];
  if (prepared.plan !== 0) setUp.push(`doubles[${FRAME.PLAN}] = ${bitsOf(prepared.plan)};`);
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
    ${isPlain ? convertPlainly(names) : hoist(convert, count)}
    ${checkingAgain(parameters)}
    ${count > 0 ? "if (callee.ended !== null) callee.ended();" : ""}
    ${parameters.map((traits, i) => (takesFunctions(traits) ? `if (callee.lend !== null) callee.lend(a${i});` : "")).join(" ")}
    doubles[${FRAME.TARGET}] = target;
    ${setUp.join("\n")}
    ${write.join("\n")}
    ${entering(shape, prepared)}
    ${keepThem}
    ${read}`;
  const usesScratch = parameters.some((traits) => traits.usesScratch);
  return compile<Maker>(
    `function (callee, target) {
      return function (${names.join(", ")}) {
        if (arguments.length !== ${count} || callee.divert !== null) return wrongCount(callee, ${count}, arguments);
        ${usesScratch ? `const mark = scratch.top; try { ${body} } finally { scratch.top = mark; }` : body}
      };
    }`,
    scope,
  );
}

// The two ways in: a leaf call where nothing can call back, which C's callbacks that are live now decide unless it is declared.
function entering(shape: CallShape, { entry, leaf }: PreparedCall): string {
  const enter = entry === 0 ? "enter();" : `doubles[${FRAME.ENTRY}] = ${bitsOf(entry)}; enter();`;
  if (leafOf(shape, leaf) === null) return enter;
  const enterLeaf = `leaf(); if (words[${2 * FRAME.FAULT}] !== 0) throw leafFault(callee);`;
  return shape.leaf ? enterLeaf : `if (words[${2 * FRAME.CLOSURES}] === 0) { ${enterLeaf} } else { ${enter} }`;
}

function takesFunctions(traits: Traits): boolean {
  return traits.symbol !== undefined && traits.target === traits.type;
}

// Converting an object runs any JavaScript: what an earlier argument took the address of may be gone.
function checkingAgain(parameters: readonly Traits[]): string {
  const first = parameters.findIndex(goesByAddress);
  const later = first < 0 ? [] : parameters.map((_, i) => `isObject(a${i})`).slice(first + 1);
  if (later.length === 0) return "";
  const given = parameters.flatMap((traits, i) => (goesByAddress(traits) ? [`a${i}`, `t${i}`] : ["null", "null"]));
  return `if (${later.join(" || ")}) stillThere(callee, ${given.join(", ")});`;
}

/** Whether what is passed may come with something to be kept alive. */
function goesByAddress({ slot }: Traits): boolean {
  return slot === "address" || slot === "uword" || slot === "wide";
}

// Where each argument can be told at a glance to be what its slot takes. What is small is inlined at the call: the optimising compiler takes no
// function above 460 bytes of bytecode, which six conversions with all their errors are.
function convertPlainly(names: readonly string[]): string {
  const isReady = names.map((name, i) => `ready${i}(${name})`).join(" && ");
  const assign = names.map((name, i) => `${name} = v[${i}];`).join(" ");
  return `if (!(${isReady})) { const v = convertAll(callee, arguments); ${assign} }`;
}

function converter(parameters: readonly Traits[]): (callee: Callee, args: ArrayLike<unknown>) => unknown[] {
  const passes = parameters.map(passing);
  return (callee, args) =>
    passes.map((pass, i) => {
      try {
        const passed = pass(args[i]);
        return passed instanceof Argument ? passed.value : passed;
      } catch (error) {
        throw wrongArgument(callee, i, error);
      }
    });
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
  return `let k = 0, ${names}; try { ${statements} } catch (error) { throw wrongArgument(callee, k, error); }`;
}

// The same where code may not be made of strings.
function plainMaker(shape: CallShape, prepared: PreparedCall): Maker {
  const { result, parameters } = shape;
  const leaf = leafOf(shape, prepared.leaf);
  const passes = parameters.map(passing);
  const rows = parameters.map((traits) => slots[traits.slot as "i32"]);
  return (callee, target) =>
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
        if (args.slice(1).some(isObject)) {
          const given = args.flatMap((arg, i) => {
            const value = values[i];
            return [arg, value instanceof Argument ? value.kept : undefined];
          });
          stillThere(callee, ...given);
        }
        callee.ended?.();
        if (parameters.some(takesFunctions)) for (const arg of args) callee.lend?.(arg);
        frameDoubles[FRAME.TARGET] = target;
        writeAddress(FRAME.ENTRY, prepared.entry);
        writeAddress(FRAME.PLAN, prepared.plan);
        const at = result?.slot === "wide" ? reserve(result.size, result.align) : 0;
        const memory = reserved;
        if (result?.slot === "wide") writeAddress(FRAME.RESULT, memory.base + at);
        values.forEach((value, i) => {
          rows[i]?.write(FRAME.ARGUMENTS + i, (value instanceof Argument ? value.value : value) as never);
        });
        if (leaf !== null && (shape.leaf === true || frameWords[2 * FRAME.CLOSURES] === 0)) {
          leaf();
          if (frameWords[2 * FRAME.FAULT] !== 0) throw leafFault(callee);
        } else prepared.enter();
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

/** Looks at arguments again: each one, and behind it what stands for it. */
function stillThere(callee: Callee, ...given: unknown[]): void {
  given.forEach((value, i) => {
    try {
      checkStillThere(value);
    } catch (error) {
      throw wrongArgument(callee, i >> 1, error);
    }
  });
}

function lastReserved(): unknown {
  return reserved;
}

/** What a leaf call that called back is answered with. */
function leafFault(callee: Callee): Error {
  const fault = frameWords[2 * FRAME.FAULT];
  frameWords[2 * FRAME.FAULT] = 0;
  if (fault === FAULT.FREED) return new Error("a callback was called after it was freed");
  return new Error(
    `${callee.name}(): it is declared { leaf: true } and called a callback, which was not run; C got zero`,
  );
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
