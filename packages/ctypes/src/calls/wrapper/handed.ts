/**
 * Wrappers of leaf calls to which V8 hands the arguments over in registers, and the result back: nothing goes through
 * the frame but results of 64 bits.
 *
 * For `int add(int, int)`:
 *
 *     function (a0, a1) {
 *       if (arguments.length !== 2 || c.divert !== null) return apply(unusual, undefined, arguments);
 *       if (!(ready0(a0) && ready1(a1) && (w[10] | w[2]) === 0)) return (other ??= makeOther(c, target))(a0, a1);
 *       d[1] = target;
 *       const got = handed(a0, a1);
 *       if (w[14] !== 0) throw leafFault(c);
 *       d[1] = 0;
 *       return receive(got);
 *     }
 *
 * The address of an argument for a pointer is looked for first, and NaN where it takes more than that (`quick.ts`):
 *
 *     let q0 = quick0(a0);
 *     …
 *     if (q0 === -1) q0 = quickBuffer(a0);
 *     if (!(q0 === q0 && …)) return …
 *
 * Nothing is converted here, so nothing can have closed the library since `divert` was looked at. What is to be
 * converted, and what may call back, is left to the wrapper of `compiled.ts`: together they would be more than V8
 * inlines.
 */
import { type HandedCall, WORD } from "rawffi";
import { compile } from "../../memory/compile.ts";
import type { Traits } from "../../types/protocol.ts";
import { quickBuffer } from "../../types/quick.ts";
import { IN_USE } from "../interrupted.ts";
import { type CallShape, goesByAddress, type Maker, prepare, unusualCalls } from "../shape.ts";
import { frameDoubles, frameWords } from "../slots.ts";
import { compiledMaker, lazyMaker, listed } from "./compiled.ts";
import { usualCount } from "./outline.ts";
import { printRoutine, withArguments } from "./routine.ts";
import type { Scope } from "./stage.ts";
import { handedStages } from "./stages.ts";

/** The maker of such wrappers of this shape; null when there is no such way, or code may not be made of strings. */
export function handedMaker(shape: CallShape): Maker | null {
  const { parameters } = shape;
  const handed = handedCall(shape);
  const count = parameters.length;
  // With nothing to hand over, both ways are in one wrapper, where there are two.
  if (handed === null || (count === 0 && !shape.leaf && !shape.usesErrno)) return null;
  const args = listed("a", count);
  const scope: Scope = {
    w: frameWords,
    d: frameDoubles,
    unusualCalls,
    makeOther: lazyMaker(() => compiledMaker(shape)),
  };
  const tests = [...new Set(parameters.map((traits) => traits.ready))];
  tests.forEach((test, k) => {
    scope[`ready${k}`] = test;
  });
  const addresses = parameters.flatMap(({ quick }, i) => {
    if (quick === undefined) return [];
    scope[`quick${i}`] = quick();
    return [i];
  });
  // NaN is not equal to itself.
  const isReady = parameters.map(({ ready, quick }, i) =>
    quick === undefined ? `ready${tests.indexOf(ready)}(a${i})` : `q${i} === q${i}`,
  );
  const isLong = count > MOST_INLINE;
  if (isLong && addresses.length === 0) {
    // Loading a constant for each test takes more than the test.
    const loaded = isReady.map((test) => test.replace("ready", "r")).join(" && ");
    const locals = tests.map((_, k) => `r${k} = ready${k}`).join(", ");
    scope.areReady = compile(`function (${args}) { const ${locals}; return ${loaded}; }`, scope);
    isReady.splice(0, count, `areReady(${args})`);
  }
  isReady.push(`(${shape.leaf ? "" : `w[${WORD.LIVE_CLOSURES}] | `}${IN_USE}) === 0`);
  const other = "(other ??= makeOther(c, target))";
  const others = isLong ? withArguments(other, scope) : `${other}(${args})`;
  if (addresses.length > 0) scope.quickBuffer = quickBuffer;
  // Whatever a Proxy among them did, it is seen by what is looked at after this.
  const find = addresses.map((i) => `let q${i} = quick${i}(a${i});`);
  const ask = addresses.map((i) => `if (q${i} === -1) q${i} = quickBuffer(a${i});`);
  const outline = {
    guards: [
      { print: () => find.join(" ") },
      usualCount(count),
      { print: () => `${ask.join(" ")} if (!(${isReady.join(" && ")})) return ${others};` },
    ],
    begin: null,
    body: handedStages(shape, handed),
    end: null,
  };
  return compile<Maker>(
    `function (c, target) {
      let other;
      const unusual = unusualCalls(c, ${count}, () => other);
      return { [c.name]: function (${args}) { ${printRoutine(outline, scope, "a")} } }[c.name];
    }`,
    scope,
  );
}

/** What makes such calls of this shape; null when nothing does. */
export function handedCall(shape: CallShape): HandedCall | null {
  const isQuick = (traits: Traits) => (goesByAddress(traits) ? traits.quick : traits.ready) !== undefined;
  return shape.parameters.every(isQuick) ? prepare(shape, "numbers").handed : null;
}

/**
 * V8 inlines no function above 460 bytes of bytecode, nor more than 760 of them in one, which more tests than these
 * would make.
 */
const MOST_INLINE = 9;
