/**
 * Prints test results: node's spec reporter, then the skipped tests with their reasons in one place, then node's counts
 * as the last lines (the spec reporter alone prints the failures after them).
 *
 * The counts read `# tests 12`, as in TAP, when the output is not a terminal: programs look for that form.
 */
import { relative } from "node:path";
import { Readable } from "node:stream";
import { spec as SpecReporter } from "node:test/reporters";

const count = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \S+$/;

export default async function* reporter(events) {
  const counts = [];
  const skips = [];

  async function* shown() {
    for await (const event of events) {
      const { type, data } = event;
      if (type === "test:diagnostic" && data.nesting === 0 && count.test(data.message)) {
        counts.push(data.message);
        continue;
      }
      if (type === "test:pass" && data.skip !== undefined && data.skip !== false) skips.push(data);
      yield event;
    }
  }

  const spec = new SpecReporter();
  yield* Readable.from(shown()).pipe(spec);

  if (skips.length > 0) yield `\nskipped, and why:\n${skips.map(skipLine).join("")}`;
  const mark = process.stdout.isTTY ? "ℹ" : "#";
  yield `\n${counts.map((line) => `${mark} ${line}\n`).join("")}`;
}

function skipLine({ file, name, skip }) {
  const where = file === undefined ? "" : `${relative(process.cwd(), file)}: `;
  const why = typeof skip === "string" && skip !== "" ? skip : "no reason given";
  return `  ${where}${name}: ${why}\n`;
}
