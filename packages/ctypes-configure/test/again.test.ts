/**
 * Modules made again by their own word: what relative paths name is found from the module, whatever the current folder.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check } from "ctypes-configure";
import { skipWithoutLibclang } from "./generated.ts";
import { workshop } from "./headers.ts";
import { skipWithout } from "./support.ts";

const root = join(import.meta.dirname, "../../..");
const command = join(root, "packages/ctypes-configure/bin/ctypes-configure.mjs");

describe("a module with relative paths", { skip: skipWithoutLibclang() || skipWithout("gcc") }, () => {
  let folder: string;
  const run = (args: readonly string[], cwd = folder) => {
    const words = ["--import", import.meta.resolve("tsx"), command, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: "utf8" });
    assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  /** A program elsewhere. */
  const evaluated = (code: string) => {
    const words = ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", code];
    return execFileSync(process.execPath, words, { cwd: tmpdir(), encoding: "utf8" });
  };
  const textsIn = (place: string) =>
    Object.fromEntries(
      readdirSync(join(folder, place))
        .filter((name) => /\.(ts|c)$/.test(name))
        .map((name) => [name, readFileSync(join(folder, place, name), "utf8")]),
    );
  const isSame = (place: string, config: string) => {
    const made = textsIn(place);
    for (const [name, text] of Object.entries(made)) writeFileSync(join(folder, place, name), `${text}// changed\n`);
    run(["generate", "--quiet", "--config", join(place, config)]);
    assert.deepEqual(textsIn(place), made);
  };

  before(() => {
    folder = workshop();
    for (const name of ["h", "inc", "lib"]) mkdirSync(join(folder, name));
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
    put("inc/size.h", "#define SIZE 3\ntypedef struct size { int width, height; } size_type;\n");
    put(
      "h/own.h",
      "#pragma once\n#include <size.h>\nstruct own { size_type sizes[SIZE]; };\nint own_area(struct own *own);\n" +
        "static inline int own_twice(struct own *own) { int area = own_area(own); return area + own_area(own); }\n",
    );
    put("h/user.h", '#include "own.h"\nstruct user { struct own own; };\n');
    put("lib/own.c", "int own_area(int *own) { return own[0] * own[1]; }\n");
    execFileSync("gcc", ["-shared", "-fPIC", "-o", "libown.so", "own.c"], { cwd: join(folder, "lib") });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const options = ["--quiet", "--include-dir", "inc", "--library", "./lib/libown.so"];

  test("is made again as it was, and checked, from any folder", async () => {
    run(["generate", "h/own.h", "--only-from", "h/|inc/", ...options, "--shim", "native.so", "--out", "src/own.ts"]);
    const text = readFileSync(join(folder, "src/own.ts"), "utf8");
    assert.match(text, /^ \* \.\.\/h\/own\.h: 4 types and constants, 1 symbols of \.\.\/lib\/libown\.so/m);
    isSame("src", "own.ts");
    const path = join(folder, "src/own.ts");
    const url = pathToFileURL(path).href;
    const code = `import { libnative, own } from ${JSON.stringify(url)};
console.log(libnative.own_twice(new own({ sizes: [{ width: 2, height: 3 }] })));`;
    // The shim finds the library that it calls, which stands in no folder of the system's.
    assert.equal(evaluated(code), "12\n");
    for (const cwd of [folder, tmpdir()]) {
      assert.match(run(["check", path, "--quiet"], cwd), /^[1-9]\d* facts compared, 0 differences$/m);
    }
    const { differences, unknown, compared } = await check(await import(url), { cache: false });
    assert.deepEqual([differences, unknown, compared > 10], [[], [], true]);
  });

  test("that imports another, or one for each header, is as well", () => {
    run(["generate", "h/own.h", "--only-from", "h/|inc/", ...options, "--out", "lib/own.ts"]);
    const words = ["--include-dir", "inc", "--import", "h/own.h=lib/own.ts", "--quiet"];
    run(["generate", "h/user.h", ...words, "--out", "user/user.ts"]);
    const text = readFileSync(join(folder, "user/user.ts"), "utf8");
    assert.match(text, /^import \{ own \} from "\.\.\/lib\/own\.ts";$/m);
    isSame("user", "user.ts");
    assert.match(run(["check", join(folder, "user/user.ts"), "--quiet"], tmpdir()), / 0 differences$/m);

    run(["generate", "h/user.h", ...options, "--per-header", "--out", "each"]);
    isSame("each", "own.ts");
    isSame("each", "libraries.ts");
    assert.match(run(["check", join(folder, "each/user.ts"), "--quiet"], tmpdir()), / 0 differences$/m);
  });

  test("takes paths of the command line from the current folder, and its own from its own", () => {
    run(["generate", "h/own.h", ...options, "--out", "src/own.ts"]);
    run(["generate", "h/user.h", "--quiet", "--config", "src/own.ts", "--out", "src/user.ts"]);
    assert.match(readFileSync(join(folder, "src/user.ts"), "utf8"), /^export class user extends/m);
  });

  test("of a specification is checked from any folder", () => {
    const spec = 'import { Struct } from "ctypes-configure";\nimport { c_int } from "ctypes-js";\n';
    const settings = 'export const settings = { headers: ["h/own.h"], includeDirs: ["inc"] };\n';
    const text = `${spec}${settings}export const size = Struct("struct size", { height: c_int });\n`;
    writeFileSync(join(folder, "spec.ts"), text);
    run(["measure", "spec.ts", "--quiet", "--out", "measured/own.ts"]);
    assert.match(run(["check", join(folder, "measured/own.ts"), "--quiet"], tmpdir()), /^[1-9]\d* facts .* 0 diff/m);
  });
});
