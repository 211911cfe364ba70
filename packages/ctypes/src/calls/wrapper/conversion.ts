/**
 * The first stage of a call: arguments become what their slots take.
 *
 * A compiled wrapper goes by `numbers`: addresses and 64-bit integers that JavaScript has as numbers are written as
 * such. It hands a call with other ones over to a function that goes by `bits`, with all that it has converted.
 */
import { passing } from "../../types/arguments.ts";
import { Argument, type Traits } from "../../types/protocol.ts";
import { type Callee, goesByAddress, mayNeedBits, needsBits, wrongArgument } from "../shape.ts";
import type { Running, Stage } from "./stage.ts";

export interface Conversion extends Stage {
  readonly isPlain: boolean;
}

/**
 * How arguments are converted. The source finds a variable `bits` and a maker `makeBits` in sight, beside what stages
 * find.
 *
 * Where each argument can be told at a glance to be what its slot takes, `isPlain`, the arguments themselves become the
 * values.
 */
export function conversionOf(parameters: readonly Traits[]): Conversion {
  const isPlain =
    parameters.length > 0 && parameters.every((traits) => traits.ready !== undefined && !goesByAddress(traits));
  let known: Pass[] | undefined;
  const passes = () => (known ??= parameters.map(passing));
  const run = (call: Pick<Running, "callee" | "args" | "values" | "kept">) => {
    for (const [i, pass] of passes().entries()) {
      const passed = passOne(pass, call.callee, i, call.args[i]);
      call.values[i] = passed instanceof Argument ? passed.value : passed;
      call.kept[i] = passed instanceof Argument ? passed.kept : undefined;
    }
  };
  return {
    isPlain,
    print: (scope) => {
      Object.assign(scope, { needsBits, wrongArgument });
      if (!isPlain) return printEach(parameters, passes(), scope);
      scope.convertAll = (callee: Callee, args: readonly unknown[]) => {
        const values: unknown[] = [];
        run({ callee, args, values, kept: [] });
        return values;
      };
      return printTogether(parameters, scope);
    },
    run,
  };
}

/** Which of the arguments themselves, or of what is kept for them, are looked at after their conversion. */
export function lookedAt(parameters: readonly Traits[], letter: "a" | "t"): string[] {
  const first = parameters.findIndex(goesByAddress);
  return parameters.flatMap((traits, i) => {
    const isLookedAt = letter === "a" ? first >= 0 && i >= first : goesByAddress(traits);
    return isLookedAt ? [`${letter}${i}`] : [];
  });
}

// -- Private ---------------------------------------------------------------------------------------

type Pass = (value: unknown) => unknown;

function passOne(pass: Pass, callee: Callee, i: number, value: unknown): unknown {
  try {
    return pass(value);
  } catch (error) {
    throw wrongArgument(callee, i, error);
  }
}

// What is small is inlined at the call: the optimising compiler takes no function above 460 bytes of bytecode, which
// six conversions with all their errors are.
function printTogether(parameters: readonly Traits[], scope: Record<string, unknown>): string {
  const args = parameters.map((_, i) => `a${i}`);
  const taken = parameters.flatMap((traits, i) => {
    scope[`ready${i}`] = traits.ready;
    return traits.fromReady === undefined ? [] : [`a${i} = ${printReady(traits, i, scope)};`];
  });
  const isReady = args.map((arg, i) => `ready${i}(${arg})`).join(" && ");
  const assign = args.map((arg, i) => `${arg} = v[${i}];`).join(" ");
  const handOver = printHandingOver(parameters, (i) => `v[${i}]`, ["...v"]);
  const otherwise = taken.length === 0 ? "" : `else { ${taken.join(" ")} }`;
  return `if (!(${isReady})) { const v = convertAll(c, [${args.join(", ")}]); ${handOver} ${assign} } ${otherwise}`;
}

function printEach(parameters: readonly Traits[], passes: readonly Pass[], scope: Record<string, unknown>): string {
  if (parameters.length === 0) return "";
  // One test of addresses, where there are many: what is not inlined may have given anything.
  const declared = ["k = 0", "isBig = false"];
  const statements: string[] = [];
  parameters.forEach((traits, i) => {
    scope[`pass${i}`] = passes[i];
    declared.push(`v${i}`);
    if (i > 0) statements.push(`k = ${i};`);
    statements.push(`v${i} = ${printOne(traits, i, scope)};`);
    if (!goesByAddress(traits)) return;
    declared.push(`t${i}`);
    const unpack = `if (typeof v${i} === "object") { t${i} = v${i}.kept; v${i} = v${i}.value; }`;
    const note = mayNeedBits(traits) ? `if (typeof v${i} === "bigint") isBig = true;` : "";
    statements.push(`if (typeof v${i} !== "number") { ${unpack} ${note} }`);
  });
  const values = parameters.map((_, i) => `v${i}`);
  const given = [...values, ...lookedAt(parameters, "a"), ...lookedAt(parameters, "t")];
  return `
    var ${declared.join(", ")};
    try { ${statements.join(" ")} } catch (error) { throw wrongArgument(c, k, error); }
    ${printHandingOver(parameters, (i) => `v${i}`, given)}`;
}

// What is passed most is tried first.
function printOne(traits: Traits, i: number, scope: Record<string, unknown>): string {
  const { ready, passString } = traits;
  if (ready !== undefined) {
    scope[`ready${i}`] = ready;
    return `ready${i}(a${i}) ? ${printReady(traits, i, scope)} : pass${i}(a${i})`;
  }
  if (passString === undefined) return `pass${i}(a${i})`;
  scope[`passString${i}`] = passString;
  return `typeof a${i} === "string" ? passString${i}(a${i}) : pass${i}(a${i})`;
}

/** What the slot takes of an argument that is `ready`. */
function printReady({ fromReady }: Traits, i: number, scope: Record<string, unknown>): string {
  if (fromReady === undefined) return `a${i}`;
  scope[`fromReady${i}`] = fromReady;
  return `fromReady${i}(a${i})`;
}

/** Hands the call over to what `makeBits` makes if a converted argument is none of `numbers`. */
function printHandingOver(
  parameters: readonly Traits[],
  value: (i: number) => string,
  given: readonly string[],
): string {
  const mayNeed = parameters.filter(mayNeedBits);
  if (mayNeed.length === 0) return "";
  const tests = parameters.flatMap((traits, i) =>
    mayNeedBits(traits) && !goesByAddress(traits) ? [`needsBits(${value(i)})`] : [],
  );
  if (mayNeed.some(goesByAddress)) tests.unshift("isBig");
  return `if (${tests.join(" || ")}) return (bits ??= makeBits(c, target))(${given.join(", ")});`;
}
