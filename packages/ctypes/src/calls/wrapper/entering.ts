/**
 * The stage *enter*: how a call gets to C.
 */
import { FRAME, type HandedCall, type PreparedCall, WORD } from "rawffi";
import type { Traits } from "../../types/protocol.ts";
import { type CallShape, enterElsewhere, leafFault } from "../shape.ts";
import { bitsOf, frameDoubles, frameWords } from "../slots.ts";
import { inOrder, type Stage } from "./stage.ts";
import { goAndServe } from "./switching.ts";

// A leaf call where nothing can call back, which the callbacks that live now decide unless it is declared.
export function entering(shape: CallShape, prepared: PreparedCall): Stage {
  const { leaf, enterLeaf, switching } = prepared;
  const isLeaf = shape.leaf === true;
  if (leaf === null) {
    return isLeaf && enterLeaf !== null
      ? inOrder(throughEntry(shape, { ...prepared, enter: enterLeaf }), refusing)
      : throughEntry(shape, prepared);
  }
  const other = switching === 0 ? throughEntry(shape, prepared) : switchingCall(switching);
  return {
    print: (scope, letter) => {
      scope.leaf = leaf;
      const enterLeaf = `leaf(); ${refusing.print(scope, letter)}`;
      if (isLeaf) return enterLeaf;
      return `if (w[${WORD.LIVE_CLOSURES}] === 0) { ${enterLeaf} } else { ${other.print(scope, letter)} }`;
    },
    run: (call) => {
      if (!isLeaf && frameWords[WORD.LIVE_CLOSURES] !== 0) {
        other.run(call);
        return;
      }
      leaf();
      refusing.run(call);
    },
  };
}

/** Hands the arguments over to V8. */
export function handing({ call, order }: HandedCall, parameters: readonly Traits[], hasResult: boolean): Stage {
  return {
    print: (scope, letter) => {
      scope.handed = call;
      const given = order.map((i) => {
        const { quick, fromReady } = parameters[i] as Traits;
        if (quick !== undefined) return `q${i}`;
        if (fromReady === undefined) return `${letter}${i}`;
        scope[`fromReady${i}`] = fromReady;
        return `fromReady${i}(${letter}${i})`;
      });
      const got = hasResult ? "let got = " : "";
      return `${got}handed(${given.join(", ")}); ${refusing.print(scope, letter)}`;
    },
    run: (running) => {
      const given = order.map((i) => {
        const value = running.values[i] as number;
        return parameters[i]?.fromReady?.(value as never) ?? value;
      });
      running.got = call(...given);
      refusing.run(running);
    },
  };
}

// -- Private ---------------------------------------------------------------------------------------

/** Throws when a leaf call has called back. */
const refusing: Stage = {
  print: (scope) => {
    scope.leafFault = leafFault;
    return `if (w[${2 * FRAME.FAULT}] !== 0) throw leafFault(c);`;
  },
  run: ({ callee }) => {
    if (frameWords[2 * FRAME.FAULT] !== 0) throw leafFault(callee);
  },
};

function throughEntry(shape: CallShape, { entry, enter, mayEnterTarget }: PreparedCall): Stage {
  return {
    print: (scope) => {
      Object.assign(scope, { enter, enterElsewhere });
      const way = entry === 0 ? "" : `d[${FRAME.ENTRY}] = ${mayEnterTarget ? "target" : bitsOf(entry)};`;
      return `${way} ${shape.pumped ? "enterElsewhere(c, enter);" : "enter();"}`;
    },
    run: ({ callee, target }) => {
      if (entry !== 0) frameDoubles[FRAME.ENTRY] = mayEnterTarget ? target : bitsOf(entry);
      if (shape.pumped) enterElsewhere(callee, enter);
      else enter();
    },
  };
}

function switchingCall(switching: number): Stage {
  const entry = bitsOf(switching);
  return {
    print: (scope) => {
      scope.goAndServe = goAndServe;
      return `goAndServe(${entry});`;
    },
    run: () => goAndServe(entry),
  };
}
