/** What the examples of the documentation call when they run: their claims, see claims.ts. */
import { writeSync } from "node:fs";
import { format, inspect } from "node:util";

/** Runs one example of several in a file. Its place is told first, so that it is known even when the process dies. */
export async function example(where: string, run: () => Promise<void>): Promise<void> {
  writeSync(2, `${where}\n`);
  try {
    await run();
  } catch (error) {
    process.exitCode = 1;
    writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n\n`);
  }
}

export function shows(where: string, text: string, value: unknown): void {
  const forms = [inspect(value, { breakLength: Number.POSITIVE_INFINITY })];
  if (typeof value === "string") forms.push(JSON.stringify(value), value);
  else if (typeof value !== "object" && typeof value !== "function") forms.push(String(value));
  const isHexadecimal = typeof value === "number" && /^0x[\da-f]+$/i.test(text) && Number(text) === value;
  if (!isHexadecimal) expectOneOf(where, text, forms);
}

export function prints(where: string, text: string, ...values: unknown[]): void {
  console.log(...values);
  expectOneOf(where, text, [format(...values)]);
}

/** The claim is `TypeError`, or `TypeError: ` and how the message begins. */
export async function throws(where: string, run: () => Promise<unknown>, text: string): Promise<void> {
  const [, name, message] = /^(?:throws )?(?:an? )?(\w+)(?:: (.*))?/.exec(text) ?? [];
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) throw new Error(`${where}: should throw ${text}, and does not`);
  if (!(thrown instanceof Error) || thrown.name !== name || !pattern(message ?? "", "").test(thrown.message)) {
    throw new Error(`${where}: should throw ${text}, and throws ${thrown}`, { cause: thrown });
  }
}

function expectOneOf(where: string, text: string, forms: readonly string[]): void {
  const hasGap = text.includes("…");
  if (forms.some((form) => (hasGap ? pattern(text, "$").test(form) : text === form || isFormAndRemark(text, form))))
    return;
  throw new Error(`${where}: says ${text}, is ${forms[0]}`);
}

function isFormAndRemark(text: string, form: string): boolean {
  return text.startsWith(form) && /^(?:[,:;] | \()/.test(text.slice(form.length));
}

/** What matches a text from its start on, where … stands for anything. */
function pattern(text: string, end: "" | "$"): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}${end}`, "s");
}
