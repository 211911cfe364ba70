/**
 * Calls that are kept for the end of the environment: what the contract's suite does with the double, and a worker with
 * the addon.
 */
import { arrayOn, FRAME, type Signature } from "rawffi";
import type { Caller } from "./caller.ts";
import type { FindSymbol, MakeClosure } from "./suite.ts";
import { signatures } from "./twins.ts";

/** What C has pushed after the end. */
export const LEFT_DIGITS = 54321n;

/**
 * Leaves calls of each kind, which push {@link LEFT_DIGITS}. Returns the numbers that can still be cancelled, and the
 * objects that must stay alive.
 */
export function leaveCalls(
  caller: Caller,
  symbol: FindSymbol,
  closure: MakeClosure,
): { numbers: number[]; kept: unknown } {
  const { raw } = caller;
  const digit: Signature = { result: "void", parameters: ["sint64"], elsewhere: true };
  const result: Signature = { result: "void", parameters: ["pointer", "sint32", "double"], elsewhere: true };
  const called = closure(signatures.callback, () => 5);
  const list = BigUint64Array.of(3n, 0n, 4n);
  const first = leave(caller, digit, symbol("push_digit"), [1n]);
  const second = leave(caller, result, symbol("push_result"), [BigInt(called.address), 7n, doubleBits(2)]);
  const third = raw.callEachAtEnd(symbol("push_digit"), list);
  const cancelled = leave(caller, digit, symbol("push_digit"), [9n]);
  const other = raw.callEachAtEnd(symbol("push_digit"), BigUint64Array.of(8n));
  const last = leave(caller, digit, symbol("push_digit"), [5n]);
  if (!raw.cancelAtEnd(cancelled) || raw.cancelAtEnd(cancelled) || !raw.cancelAtEnd(other)) {
    throw new Error("a call can be cancelled once");
  }
  return { numbers: [first, second, third, last], kept: [list, called] };
}

function leave({ raw }: Caller, signature: Signature, target: number, slots: readonly bigint[]): number {
  const { entry, plan, atEnd } = raw.prepare(signature);
  const frame = arrayOn(BigUint64Array, raw.frame);
  frame[FRAME.ENTRY] = BigInt(entry);
  frame[FRAME.PLAN] = BigInt(plan);
  frame[FRAME.TARGET] = BigInt(target);
  frame.set(slots, FRAME.ARGUMENTS);
  const number = (atEnd as () => number)();
  frame[FRAME.TARGET] = 0n;
  frame.fill(0n, FRAME.ARGUMENTS, FRAME.ARGUMENTS + slots.length);
  return number;
}

function doubleBits(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
}
