/** Headers of Debian: the modules made of them agree with C in every size, alignment, offset and constant. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Config } from "libclang";
import { HEADERS, skipWithoutHeader, tryHeader, typeErrors, workshop } from "./headers.ts";

const noLibclang = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

describe("a module made of a header that Debian has", () => {
  let folder: string;
  before(() => {
    folder = workshop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, least] of [
    ["zlib", 200],
    ["sqlite3", 900],
  ] as const) {
    const skip = noLibclang || skipWithoutHeader(HEADERS[name] as never);
    test(`${HEADERS[name]?.headers[0]}: zero differences, and no error of tsc`, { skip }, async () => {
      const { differences, compared, unknown, declarations } = await tryHeader(name, folder);
      assert.deepEqual(differences, []);
      assert.deepEqual(unknown, []);
      assert.ok(compared > least, `${compared} facts compared`);
      assert.ok(declarations.filter(({ kind }) => kind === "function").length > 80);
      assert.equal(typeErrors(folder), "");
    });
  }
});
