/**
 * The outline of a function that is made of stages: what wrappers of calls and runs of sequences have in common.
 *
 *     guards   leave what is out of the ordinary to others
 *     begin    prepares
 *     body     does it
 *     end      tidies up, whatever the body threw
 */
import type { Printable, Scope, Stage } from "./stage.ts";

/** What is out of the ordinary. Its source is a statement that returns what `instead` does. */
export interface Guard<C> extends Printable {
  stops(call: C): boolean;
  instead(call: C): unknown;
}

export interface Routine<C> {
  readonly guards: readonly Guard<C>[];
  readonly begin: Stage<C> | null;
  readonly body: Stage<C>;
  readonly end: Stage<C> | null;
}

/** A routine that is never run stage by stage. */
export interface PrintableRoutine {
  readonly guards: readonly Printable[];
  readonly begin: Printable | null;
  readonly body: Printable;
  readonly end: Printable | null;
}

/** The body of the function, as source; `letter` is what the names of values begin with. */
export function printRoutine({ guards, begin, body, end }: PrintableRoutine, scope: Scope, letter: string): string {
  const first = [...guards, ...(begin === null ? [] : [begin])].map((part) => part.print(scope, letter)).join("\n");
  const rest = body.print(scope, letter);
  return `${first}\n${end === null ? rest : `try { ${rest} } finally { ${end.print(scope, letter)} }`}`;
}

/**
 * Source that calls a function with the arguments of the wrapper. Bun's engine makes an array for `...arguments` when
 * the wrapper is entered, even where the spread is never reached.
 */
export function withArguments(func: string, scope: Scope): string {
  scope.apply = Reflect.apply;
  return `apply(${func}, undefined, arguments)`;
}

/** Does what the source does, and gives `result` of the call. */
export function runRoutine<C>(
  { guards, begin, body, end }: Routine<C>,
  call: C,
  result: (call: C) => unknown = () => undefined,
): unknown {
  for (const guard of guards) if (guard.stops(call)) return guard.instead(call);
  begin?.run(call);
  try {
    body.run(call);
    return result(call);
  } finally {
    end?.run(call);
  }
}
