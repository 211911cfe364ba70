/**
 * Wrappers compiled from source, one for each signature, so that each has type feedback of its own and is inlined where
 * it is called.
 *
 * `stages.ts` says what a wrapper does; this is what it looks like, for `size_t strlen(char *)`:
 *
 *     function (a0) {
 *       const w = words, d = doubles, c = callee;
 *       if (arguments.length !== 1 || c.divert !== null || w[2]) return apply(unusual, undefined, arguments);
 *       const mark = w[16];
 *       try {
 *         var k = 0, isBig = false, v0, t0;
 *         try { v0 = typeof a0 === "string" ? passString0(a0) : pass0(a0); … } catch (error) { throw wrongArgument(c, k, error); }
 *         if (isBig) return (bits ??= makeBits(c, target))(v0, a0, t0);
 *         if (c.ended !== null) c.ended();
 *         d[1] = target;
 *         d[12] = v0;
 *         if (w[10] === 0) { leaf(); if (w[14] !== 0) throw leafFault(c); } else { goAndServe(…); }
 *         const got = read(10);
 *         isOver(a0, t0);
 *         return receive(got);
 *       } finally { w[16] = mark; … }
 *     }
 */
import { compile } from "../../memory/compile.ts";
import { type Callable, type Callee, type CallShape, type Maker, mayNeedBits, unusualCalls } from "../shape.ts";
import { frameDoubles, frameWords } from "../slots.ts";
import { lookedAt } from "./conversion.ts";
import { outlineOf } from "./outline.ts";
import { printRoutine } from "./routine.ts";
import { inOrder, type Scope } from "./stage.ts";
import { stagesOf } from "./stages.ts";

/** The maker of wrappers of this shape; null where code may not be made of strings. */
export function compiledMaker(shape: CallShape): Maker | null {
  const { parameters } = shape;
  const count = parameters.length;
  const scope: Scope = {
    words: frameWords,
    doubles: frameDoubles,
    unusualCalls,
    makeBits: lazyMaker(() => bitsMaker(shape)),
  };
  const outline = outlineOf(shape, "numbers");
  const body = printRoutine(outline, scope, outline.letter);
  return compile<Maker>(
    // `arguments` is spread, not handed on: V8 14 would make the object at each call that is not inlined (64 bytes, 20
    // ns). Named by its place: a name that is defined later would make the function object's properties a dictionary,
    // and slow.
    `function (callee, target) {
      ${parameters.some(mayNeedBits) ? "let bits;" : ""}
      const unusual = unusualCalls(callee, ${count}, () => call);
      const call = { [callee.name]: function (${listed("a", count)}) {
        ${LOCALS}
        ${body}
      } }[callee.name];
      return call;
    }`,
    scope,
  );
}

// A local takes six bytes of bytecode less at each use than what is in sight from outside.
const LOCALS = "const w = words, d = doubles, c = callee;";

/**
 * The maker of what makes calls by `bits`, for the wrapper above: functions of the converted arguments, the arguments,
 * and what was kept for them.
 */
function bitsMaker(shape: CallShape): Maker | null {
  const { parameters } = shape;
  const scope: Scope = { words: frameWords, doubles: frameDoubles };
  const { check, write, enter, receive } = stagesOf(shape, "bits");
  const body = inOrder(check, write, enter, receive).print(scope, "v");
  const given = [...letters("v", parameters.length), ...lookedAt(parameters, "a"), ...lookedAt(parameters, "t")];
  return compile<Maker>(
    `function (callee, target) { return function (${given.join(", ")}) { ${LOCALS} ${body} }; }`,
    scope,
  );
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
