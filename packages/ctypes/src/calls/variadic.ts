/**
 * Calls of functions that take arguments after `...`: a function is compiled for the kinds of arguments that came last,
 * so that no list of them is made as long as the same come again.
 *
 * For `snprintf(text, 64, "%d", new c_int(5))` it is
 *
 *     function (general, a0, a1, a2, a3) {
 *       let areKnown = false, v3;
 *       try {
 *         if (typeof a3 === "object" && a3 !== null && a3[TYPE] === type3 && c.divert === null) {
 *           v3 = load3(a3[MEMORY], a3[OFFSET], null, 0);
 *           areKnown = true;
 *         }
 *       } catch {}
 *       return areKnown ? call(a0, a1, a2, v3) : general(a0, a1, a2, a3);
 *     }
 *
 * What throws there does so again in `general`, which says which argument it is.
 */
import { compile } from "../memory/compile.ts";
import { MEMORY, OFFSET, type Traits, TYPE } from "../types/protocol.ts";
import type { Callable, Callee } from "./shape.ts";
import type { Scope } from "./wrapper/stage.ts";

/** What is told of a call that was found for some arguments. */
export interface Learnt {
  readonly call: Callable;
  /** The number of arguments that are declared; the others have these kinds (`kindOf`), and go as these types. */
  readonly declared: number;
  readonly kinds: readonly unknown[];
  readonly types: readonly Traits[];
}

export interface QuickVariadic {
  learn(learnt: Learnt): void;
  /** The function that makes calls of the kinds that were learnt last, and leaves all others to `general`. */
  around(general: Callable): Callable;
}

export function quickVariadic(callee: Callee): QuickVariadic {
  const known = new WeakMap<Callable, Callable>();
  let count = -1;
  let quick: Callable = () => undefined;
  return {
    learn(learnt) {
      const made = known.get(learnt.call) ?? callOfKinds(callee, learnt);
      if (made === null) return;
      known.set(learnt.call, made);
      count = learnt.declared + learnt.kinds.length;
      quick = made;
    },
    around: (general) =>
      function (a0, a1, a2, a3, a4, a5, a6, a7) {
        // biome-ignore lint/complexity/noArguments: a rest parameter would be made at each call
        const given = arguments;
        if (given.length !== count) return Reflect.apply(general, undefined, given);
        return quick(general, a0, a1, a2, a3, a4, a5, a6, a7);
      },
  };
}

// -- Private ---------------------------------------------------------------------------------------

const MOST = 8;

/** Null where there are too many arguments, or code may not be made of strings. */
function callOfKinds(callee: Callee, { call, declared, kinds, types }: Learnt): Callable | null {
  const count = declared + kinds.length;
  if (count > MOST) return null;
  const scope: Scope = { c: callee, call, MEMORY, OFFSET, TYPE };
  const args = Array.from({ length: count }, (_, i) => `a${i}`);
  const given = [...args];
  const loads: string[] = [];
  const tests = kinds.map((kind, k) => {
    const i = declared + k;
    if (typeof kind === "string") return `typeof a${i} === "${kind}"`;
    scope[`type${i}`] = kind;
    const { ready, load, view } = types[k] as Traits;
    // An object of a number goes as that number, which takes no conversion.
    if (ready !== undefined && load !== view) {
      scope[`load${i}`] = load;
      given[i] = `v${i}`;
      loads.push(`v${i} = load${i}(a${i}[MEMORY], a${i}[OFFSET], null, 0);`);
    }
    return `typeof a${i} === "object" && a${i} !== null && a${i}[TYPE] === type${i}`;
  });
  const values = given.filter((name, i) => name !== args[i]);
  return compile<Callable>(
    `function (general, ${args.join(", ")}) {
      let ${["areKnown = false", ...values].join(", ")};
      try {
        if (${[...tests, "c.divert === null"].join(" && ")}) { ${loads.join(" ")} areKnown = true; }
      } catch {}
      return areKnown ? call(${given.join(", ")}) : general(${args.join(", ")});
    }`,
    scope,
  );
}
