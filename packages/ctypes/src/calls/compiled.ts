/**
 * Wrappers compiled from source, one for each signature, so that each has type feedback of its own and is inlined where
 * it is called.
 *
 * `call.ts` says what a wrapper does; this is what it looks like, for `size_t strlen(char *)`:
 *
 *     function (a0) {
 *       if (arguments.length !== 1 || callee.divert !== null || words[2]) return unusual(...arguments);
 *       const mark = words[16];
 *       try {
 *         let k = 0, v0, t0;
 *         try { v0 = typeof a0 === "string" ? passString0(a0) : pass0(a0); … } catch (error) { throw wrongArgument(callee, k, error); }
 *         if (callee.ended !== null) callee.ended();
 *         doubles[1] = target;
 *         doubles[12] = v0;
 *         if (words[10] === 0) { leaf(); if (words[14] !== 0) throw leafFault(callee); }
 *         else { doubles[0] = …; for (;;) { go(); if (words[18] === 0) break; … serve(); … } }
 *         const got = read(10);
 *         isOver(a0, t0);
 *         return receive(got);
 *       } finally { words[16] = mark; }
 *     }
 */
import { FRAME, type PreparedCall, WORD } from "rawffi";
import { compile } from "../memory/compile.ts";
import { last, reserve, SCRATCH_TOP } from "../memory/slab.ts";
import { giveBack } from "../memory/text.ts";
import { passing } from "../types/arguments.ts";
import { Argument, type Traits } from "../types/protocol.ts";
import { IN_USE, NO_MORE_IN_USE } from "./interrupted.ts";
import { mayHaveRun } from "./lent.ts";
import { SERVING, servingText } from "./serve.ts";
import {
  type Callable,
  type Callee,
  type CallShape,
  enterElsewhere,
  goesAsNumber,
  goesByAddress,
  isOver,
  leafFault,
  lendsBytes,
  type Maker,
  mayNeedBits,
  needsBits,
  prepare,
  rowOf,
  stillThere,
  takesFunctions,
  unusualCalls,
  type WrapperForm,
  wrongArgument,
} from "./shape.ts";
import { bitsOf, frameDoubles, frameWords, writePlace } from "./slots.ts";

/** The maker of wrappers of this shape; null where code may not be made of strings. */
export function compiledMaker(shape: CallShape): Maker | null {
  const { parameters } = shape;
  const count = parameters.length;
  const scope: Record<string, unknown> = {
    unusualCalls,
    wrongArgument,
    needsBits,
    makeBits: lazyMaker(() => bitsMaker(shape)),
  };
  // Where each argument can be told at a glance to be what its slot takes.
  const isPlain = count > 0 && parameters.every((traits) => traits.ready !== undefined && !goesByAddress(traits));
  const handsOver = parameters.some(mayNeedBits);
  const convert = isPlain ? convertPlainly(parameters, scope) : convertEach(parameters, scope);
  const body = byLocals(`${convert} ${calling(shape, "numbers", isPlain ? "a" : "v", scope)}`);
  const usesScratch = parameters.some((traits) => traits.usesScratch);
  return compile<Maker>(
    // `arguments` is spread, not handed on: V8 14 would make the object at each call that is not inlined (64 bytes, 20
    // ns). Named by its place: a name that is defined later would make the function object's properties a dictionary,
    // and slow.
    `function (callee, target) {
      ${handsOver ? "let bits;" : ""}
      const unusual = unusualCalls(callee, ${count}, () => call);
      const call = { [callee.name]: function (${listed("a", count)}) {
        const w = words, d = doubles, c = callee;
        if (arguments.length !== ${count} || c.divert !== null || ${byLocals(IN_USE)}) return unusual(...arguments);
        ${usesScratch ? `const mark = w[${SCRATCH_TOP}]; try { ${body} } finally { w[${SCRATCH_TOP}] = mark; ${givingBack(parameters)} }` : body}
      } }[callee.name];
      return call;
    }`,
    scope,
  );
}

/**
 * The maker of what makes calls by `bits`, for the wrapper above: functions of the converted arguments, the arguments,
 * and what was kept for them.
 */
function bitsMaker(shape: CallShape): Maker | null {
  const count = shape.parameters.length;
  const scope: Record<string, unknown> = {};
  const body = calling(shape, "bits", "v", scope);
  const given = [...handedOver(shape.parameters, "a"), ...handedOver(shape.parameters, "t")];
  return compile<Maker>(
    `function (callee, target) { return function (${[...letters("v", count), ...given].join(", ")}) { ${body} }; }`,
    scope,
  );
}

// A local takes six bytes of bytecode less at each use than what is in sight from outside.
function byLocals(text: string): string {
  return text
    .replaceAll("words[", "w[")
    .replaceAll("doubles[", "d[")
    .replace(/\bcallee\b/g, "c");
}

/** A maker that is made at the first call that needs it. */
export function lazyMaker(make: () => Maker | null): Maker {
  let maker: Maker | null | undefined;
  return (callee: Callee, target: number): Callable => {
    maker ??= make();
    return (maker as Maker)(callee, target);
  };
}

/** `a0, a1, a2` */
export function listed(letter: string, count: number): string {
  return letters(letter, count).join(", ");
}

function letters(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i}`);
}

// -- Conversion ------------------------------------------------------------------------------------

// What is small is inlined at the call: the optimising compiler takes no function above 460 bytes of bytecode, which
// six conversions with all their errors are.
function convertPlainly(parameters: readonly Traits[], scope: Record<string, unknown>): string {
  scope.convertAll = converter(parameters);
  parameters.forEach((traits, i) => {
    scope[`ready${i}`] = traits.ready;
  });
  const isReady = parameters.map((_, i) => `ready${i}(a${i})`).join(" && ");
  const assign = parameters.map((_, i) => `a${i} = v[${i}];`).join(" ");
  const handOver = handingOver(parameters, (i) => `v[${i}]`, ["...v"]);
  return `if (!(${isReady})) { const v = convertAll(callee, [${listed("a", parameters.length)}]); ${handOver} ${assign} }`;
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

function convertEach(parameters: readonly Traits[], scope: Record<string, unknown>): string {
  // One test of addresses, where there are many: what is not inlined may have given anything.
  const declared = ["k = 0", "isBig = false"];
  const statements: string[] = [];
  parameters.forEach((traits, i) => {
    scope[`pass${i}`] = passing(traits);
    declared.push(`v${i}`);
    if (i > 0) statements.push(`k = ${i};`);
    statements.push(`v${i} = ${conversion(traits, i, scope)};`);
    if (!goesByAddress(traits)) return;
    declared.push(`t${i}`);
    const unpack = `if (typeof v${i} === "object") { t${i} = v${i}.kept; v${i} = v${i}.value; }`;
    const note = mayNeedBits(traits) ? `if (typeof v${i} === "bigint") isBig = true;` : "";
    statements.push(`if (typeof v${i} !== "number") { ${unpack} ${note} }`);
  });
  if (parameters.length === 0) return "";
  const given = [...letters("v", parameters.length), ...handedOver(parameters, "a"), ...handedOver(parameters, "t")];
  const handOver = handingOver(parameters, (i) => `v${i}`, given);
  return `
    var ${declared.join(", ")};
    try { ${statements.join(" ")} } catch (error) { throw wrongArgument(callee, k, error); }
    ${handOver}`;
}

// What is passed most is tried first.
function conversion(traits: Traits, i: number, scope: Record<string, unknown>): string {
  const { ready, passString } = traits;
  if (ready !== undefined) {
    scope[`ready${i}`] = ready;
    return `ready${i}(a${i}) ? a${i} : pass${i}(a${i})`;
  }
  if (passString === undefined) return `pass${i}(a${i})`;
  scope[`passString${i}`] = passString;
  return `typeof a${i} === "string" ? passString${i}(a${i}) : pass${i}(a${i})`;
}

/** Hands the call over to what `bitsMaker` makes if a converted argument is none of `numbers`. */
function handingOver(parameters: readonly Traits[], value: (i: number) => string, given: readonly string[]): string {
  const mayNeed = parameters.filter(mayNeedBits);
  if (mayNeed.length === 0) return "";
  const tests = parameters.flatMap((traits, i) =>
    mayNeedBits(traits) && !goesByAddress(traits) ? [`needsBits(${value(i)})`] : [],
  );
  if (mayNeed.some(goesByAddress)) tests.unshift("isBig");
  return `if (${tests.join(" || ")}) return (bits ??= makeBits(callee, target))(${given.join(", ")});`;
}

/** Which of the arguments themselves, or of what was kept for them, are looked at after their conversion. */
function handedOver(parameters: readonly Traits[], letter: "a" | "t"): string[] {
  const first = parameters.findIndex(goesByAddress);
  return parameters.flatMap((traits, i) => {
    const isLookedAt = letter === "a" ? first >= 0 && i >= first : goesByAddress(traits);
    return isLookedAt ? [`${letter}${i}`] : [];
  });
}

// Converting an object runs any JavaScript: what an earlier argument took the address of may be gone.
function checkingAgain(parameters: readonly Traits[]): string {
  const first = parameters.findIndex(goesByAddress);
  const later = first < 0 ? [] : parameters.map((_, i) => `mayHaveRun(a${i})`).slice(first + 1);
  if (later.length === 0) return "";
  const given = parameters.flatMap((traits, i) => (goesByAddress(traits) ? [`a${i}`, `t${i}`] : ["null", "null"]));
  return `if (${later.join(" || ")}) stillThere(callee, ${given.join(", ")});`;
}

// -- The call --------------------------------------------------------------------------------------

/** What follows the conversion. */
function calling(shape: CallShape, form: WrapperForm, letter: string, scope: Record<string, unknown>): string {
  const { parameters } = shape;
  const prepared = prepare(shape, form);
  const { reserving, setUp, read, give } = resultOf(shape, scope);
  Object.assign(scope, SERVING, {
    enter: prepared.enter,
    enterElsewhere,
    leaf: prepared.leaf,
    words: frameWords,
    doubles: frameDoubles,
    leafFault,
    giveBack,
    isOver,
    mayHaveRun,
    stillThere,
    writePlace,
    reserve,
    last,
  });
  return `
    ${checkingAgain(parameters)}
    ${parameters.length > 0 ? "if (callee.ended !== null) callee.ended();" : ""}
    ${parameters.map((traits, i) => (takesFunctions(traits) ? `if (callee.lend !== null) callee.lend(a${i});` : "")).join(" ")}
    ${reserving}
    doubles[${FRAME.TARGET}] = target;
    ${prepared.plan === 0 ? "" : `doubles[${FRAME.PLAN}] = ${bitsOf(prepared.plan)};`}
    ${setUp}
    ${parameters.map((traits, i) => writing(traits, i, letter, form, scope)).join("\n")}
    ${entering(shape, prepared)}
    ${read}
    ${ending(parameters)}
    ${give}`;
}

function writing(traits: Traits, i: number, letter: string, form: WrapperForm, scope: Record<string, unknown>): string {
  const slot = FRAME.ARGUMENTS + i;
  if (goesAsNumber(traits, form)) return `doubles[${slot}] = ${letter}${i};`;
  const { view, write } = rowOf(traits);
  if (view === undefined) {
    scope[`write${i}`] = write;
    return `write${i}(${slot}, ${letter}${i});`;
  }
  // Written out: six calls more would be more than the optimising compiler inlines.
  scope[traits.slot] = view;
  return `${traits.slot}[${(slot * 8) / view.BYTES_PER_ELEMENT}] = ${letter}${i};`;
}

// A leaf call where nothing can call back, which the callbacks that live now decide unless it is declared.
function entering(shape: CallShape, prepared: PreparedCall): string {
  const { entry, mayEnterTarget } = prepared;
  const call = shape.pumped ? "enterElsewhere(callee, enter);" : "enter();";
  const enter = entry === 0 ? call : `doubles[${FRAME.ENTRY}] = ${mayEnterTarget ? "target" : bitsOf(entry)}; ${call}`;
  const { leaf, switching } = prepared;
  if (leaf === null) return enter;
  const enterLeaf = `leaf(); if (words[${2 * FRAME.FAULT}] !== 0) throw leafFault(callee);`;
  if (shape.leaf) return enterLeaf;
  // Written out it is more than is inlined of what has much else to do.
  const serving = shape.parameters.some(takesFunctions) ? servingText(switching) : `goAndServe(${bitsOf(switching)});`;
  const other = switching === 0 ? enter : serving;
  return `if (words[${WORD.LIVE_CLOSURES}] === 0) { ${enterLeaf} } else { ${other} }`;
}

/** What was lent for the call alone goes back, also when a callback threw. */
function givingBack(parameters: readonly Traits[]): string {
  return parameters
    .map((traits, i) => (lendsBytes(traits) ? `if (t${i} !== undefined) giveBack(t${i});` : ""))
    .join(" ");
}

// The last look at the frame is over, and who could be collected before is not used any more.
function ending(parameters: readonly Traits[]): string {
  const kept = parameters.flatMap((traits, i) => (goesByAddress(traits) ? [`a${i}`, `t${i}`] : []));
  return kept.length > 0 ? `isOver(${kept.join(", ")});` : NO_MORE_IN_USE;
}

interface ResultText {
  /** Before the frame is touched. */
  readonly reserving: string;
  /** Before the call. */
  readonly setUp: string;
  /** After it: the last look at the frame. */
  readonly read: string;
  readonly give: string;
}

function resultOf({ result }: CallShape, scope: Record<string, unknown>): ResultText {
  if (result === null) return { reserving: "", setUp: "", read: "", give: "" };
  if (result.slot === "wide") {
    scope.load = result.load;
    return {
      reserving: `let at; const memory = (at = reserve(${result.size}, ${result.align}), last.memory);`,
      setUp: `writePlace(${FRAME.RESULT}, memory.base + at);`,
      read: "",
      give: "return load(memory, at, null, 0);",
    };
  }
  if (result.receiveResult !== undefined) {
    scope.receiveResult = result.receiveResult;
    return { reserving: "", setUp: "", read: "const got = receiveResult();", give: "return got;" };
  }
  const { view, read } = rowOf(result);
  if (view === undefined) scope.read = read;
  else scope[result.slot] = view;
  scope.receive = result.receive;
  const item =
    view === undefined ? `read(${FRAME.RESULT})` : `${result.slot}[${(FRAME.RESULT * 8) / view.BYTES_PER_ELEMENT}]`;
  return { reserving: "", setUp: "", read: `const got = ${item};`, give: "return receive(got);" };
}
