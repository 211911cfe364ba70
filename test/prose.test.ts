/** Lines of prose end at 120 columns: in comments, and in Markdown pages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { test } from "node:test";
import { root, trackedFiles } from "./sources/files.ts";
import { longCommentsOf, longLinesOfPage } from "./sources/prose.ts";

/** Sources that are others' or written by a program. */
const NOT_WRITTEN_HERE = /fixtures\/better-sqlite3\/|\/generated\//;
const SOURCES = /\.(ts|mts|cts|js|mjs|cjs|c|cc|h|py)$/;

test("lines of prose end at 120 columns", () => {
  const files = trackedFiles(/\.\w+$/).filter((file) => !NOT_WRITTEN_HERE.test(file));
  const long = files.flatMap((file) => {
    if (!SOURCES.test(file) && extname(file) !== ".md") return [];
    const text = readFileSync(join(root, file), "utf8");
    const lines =
      extname(file) === ".md" ? longLinesOfPage(text) : longCommentsOf(text, extname(file) === ".py" ? "#" : "//");
    return lines.map((line) => `${file}:${line}`);
  });
  assert.deepEqual(long, []);
});

test("what counts as prose, on made-up sources", () => {
  const words = "word ".repeat(25).trim();
  const page = `${words}\n\n| ${words} |\n\n\`\`\`ts\n${words}\n\`\`\`\n[a](${"x".repeat(120)})\n- [b](c) ${words}`;
  assert.deepEqual(longLinesOfPage(page), [1, 9]);
  const source = [
    `// ${words}`,
    `   * ${words}`,
    `/** ${words} */`,
    `call("${words}");`,
    `call("//", "${words}");`,
    `call(); // ${words}`,
    `//     ${words}`,
    `// biome-ignore lint/x: ${words}`,
    `//  ├── ${words}`,
  ];
  assert.deepEqual(longCommentsOf(source.join("\n"), "//"), [1, 2, 3, 6]);
  assert.deepEqual(longCommentsOf(`# ${words}\nx = "${words}"`, "#"), [1]);
});
