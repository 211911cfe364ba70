/**
 * JavaScript that calls C in the middle of other calls: a debugger that evaluates something, wherever it stops.
 */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { WebSocket } from "ws";

const folder = join(import.meta.dirname, "interrupts");
/** How often the debugger outside interrupts; a few thousand find what is rare. */
const INTERRUPTIONS = Number(process.env.CTYPES_INTERRUPTIONS ?? 200);
const library = join(import.meta.dirname, "fixtures/build/interrupts.so");

for (const tier of ["", "frame", "libffi"]) {
  test(`calls that are stepped through find what they wrote, whatever is called at each step${tier && `, tier ${tier}`}`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "steps.mjs"), library], {
      env: { ...process.env, RAWFFI_TIER: tier },
    });
    const { total, failures } = JSON.parse(stdout);
    assert.deepEqual(failures, []);
    assert.ok(total > 2000, `${total} steps`);
  });
}

for (const how of ["evaluates", "pauses, evaluates and resumes"]) {
  test(`a debugger outside ${how} at any moment, and all calls give what they must`, async () => {
    const child = spawn(process.execPath, ["--inspect=127.0.0.1:0", join(folder, "busy.mjs"), library]);
    const output = outputOf(child);
    try {
      const client = await debuggerOf(child);
      await client.post("Debugger.enable");
      for (let i = 0; i < INTERRUPTIONS; i++) {
        if (how === "evaluates") {
          assert.equal(textOf(await client.post("Runtime.evaluate", { expression: "intrude()" })), "");
        } else {
          const paused = client.next("Debugger.paused");
          await client.post("Debugger.pause");
          const { callFrames } = await paused;
          const where = { callFrameId: callFrames[0].callFrameId, expression: "intrude()" };
          assert.equal(textOf(await client.post("Debugger.evaluateOnCallFrame", where)), "");
          const resumed = client.next("Debugger.resumed"); // a pause before that would be no new one
          await client.post("Debugger.resume");
          await resumed;
        }
      }
      await client.post("Runtime.evaluate", { expression: "stop = true" });
      client.close(); // the process waits for its debugger to leave
      const { code, stdout, stderr } = await output;
      assert.equal(code, 0, stderr);
      const { rounds, failures } = JSON.parse(stdout.replace("ready\n", ""));
      assert.deepEqual(failures, []);
      assert.ok(rounds > 1, `${rounds} rounds`);
    } finally {
      child.kill("SIGKILL");
    }
  });
}

/** What the protocol of the debugger answers. */
type Answer = any;

/** The text that an evaluation gave, or what it threw. */
function textOf({ result, exceptionDetails }: Answer): unknown {
  return exceptionDetails ? exceptionDetails.exception.description : result.value;
}

/** What a process has printed when it ends, and its exit code or the signal that ended it. */
async function outputOf(child: ChildProcessWithoutNullStreams) {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, stdout, stderr };
}

/** A client of the debugger that a process offers at the address that it prints, when the process is ready. */
async function debuggerOf(child: ChildProcessWithoutNullStreams) {
  const address = await new Promise<string>((resolve, reject) => {
    let text = "";
    const listen = (chunk: unknown) => {
      text += chunk;
      const found = /ws:\/\/\S+/.exec(text);
      if (found && text.includes("ready\n")) resolve(found[0]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => reject(new Error(`no debugger: ${text}`)));
  });
  const socket = new WebSocket(address);
  await once(socket, "open");
  const answers = new Map<number, (answer: Answer) => void>();
  const events = new Map<string, (params: Answer) => void>();
  const gone = new Promise<never>((_, reject) => {
    socket.once("close", () => reject(new Error("the process that is debugged has ended")));
  });
  gone.catch(() => {});
  socket.on("message", (data) => {
    const { id, method, params, result, error } = JSON.parse(String(data));
    if (id !== undefined) answers.get(id)?.(error ? { error } : result);
    else events.get(method)?.(params);
  });
  let last = 0;
  return {
    async post(method: string, params: object = {}): Promise<Answer> {
      const id = ++last;
      const answer = new Promise<Answer>((resolve) => answers.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const got = await Promise.race([answer, gone]);
      answers.delete(id);
      if (got.error) throw new Error(`${method}: ${got.error.message}`);
      return got;
    },
    next: (method: string) => Promise.race([gone, new Promise<Answer>((resolve) => events.set(method, resolve))]),
    close: () => socket.close(),
  };
}
