/**
 * Steps into everything that a call does, and calls something else at each step: as who debugs a program does that
 * calls C. Prints what went wrong.
 *
 *     node steps.mjs library [name,…]
 */
import { Session } from "node:inspector";
import { check, names } from "./cases.mjs";

const wanted = process.argv[3]?.split(",") ?? names;
/** Through registers, and through the frame and back. */
const alone = ["add", "callback"];
const session = new Session();
session.connect();

/** A command of the debugger; all of those that are used here answer at once. */
function post(method, params) {
  let answer;
  session.post(method, params, (error, result) => {
    if (error) throw new Error(`${method}: ${error.message}`);
    answer = result;
  });
  return answer;
}

let steps = 0;
let intruders = [];
let found = [];
globalThis.intrude = () => intruders.flatMap((name) => check(name, 1) || check(name, 2) || []).join("; ");

session.on("Debugger.paused", ({ params: { callFrames } }) => {
  const { functionName, location, callFrameId, url } = callFrames[0];
  // Where our own objects get their memory nobody may stop who makes some, too.
  if (functionName !== "interrupted" && !/^(reserve|newMemory)/.test(functionName)) {
    steps++;
    const { result, exceptionDetails } = post("Debugger.evaluateOnCallFrame", { callFrameId, expression: "intrude()" });
    const text = exceptionDetails ? exceptionDetails.exception.description : result.value;
    const place = `${functionName} ${url.split("/").at(-1)}:${location.lineNumber + 1}:${location.columnNumber + 1}`;
    if (text) found.push(`at ${place}: ${text}`);
  }
  // The statement after the call is the last one.
  const isOver = functionName === "interrupted" && steps > 0;
  post(isOver ? "Debugger.resume" : "Debugger.stepInto");
});
post("Debugger.enable");

function interrupted(name) {
  // biome-ignore lint/suspicious/noDebugger: where the steps begin
  debugger;
  const wrong = check(name, 0);
  return wrong;
}

let total = 0;
const failures = [];
for (const name of wanted) {
  // All of them, one after the other, then each alone: what one leaves behind the next would hide.
  for (const group of [names, ...alone.map((other) => [other])]) {
    steps = 0;
    found = [];
    intruders = group;
    const wrong = interrupted(name);
    total += steps;
    if (wrong) found.push(`in the end: ${wrong}`);
    if (steps < 5) found.push(`${steps} steps`);
    const by = group === names ? "all" : group[0];
    if (found.length > 0) failures.push(`${name} interrupted by ${by}: ${found.slice(0, 3).join(" | ")}`);
  }
}
session.disconnect();
console.log(JSON.stringify({ total, failures }));
