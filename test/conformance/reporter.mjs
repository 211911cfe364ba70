/**
 * Results for run.ts: a line of JSON for each test that is over; a file that did not get so far comes with its error
 * output.
 */
export default async function* reporter(events) {
  const errorOutput = new Map();
  for await (const { type, data } of events) {
    if (type === "test:stderr") errorOutput.set(data.file, (errorOutput.get(data.file) ?? "") + data.message);
    if ((type !== "test:pass" && type !== "test:fail") || data.nesting !== 0) continue;
    const { name, details, skip, todo } = data;
    const error = details.error?.cause ?? details.error;
    const isFile = name.endsWith(".test.ts");
    const said = error && String(error.message ?? error);
    const message = isFile ? (errorOutput.get(name) ?? details.error?.signal ?? said) : said;
    yield `${JSON.stringify({ name, isFile, passed: type === "test:pass", skip: skip ?? todo, message })}\n`;
  }
}
