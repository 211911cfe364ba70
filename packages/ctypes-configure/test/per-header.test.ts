/**
 * A module for each header: what stands where, also where headers need each other, and that it all loads and agrees
 * with C.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, type GenerateOptions, generate, generatePerHeader } from "ctypes-configure";
import { Config } from "ctypes-libclang";
import { HEADER_SETS, type HeaderSet, skipWithoutHeader } from "./header-sets.ts";
import { typeErrors, workshop } from "./headers.ts";
import { file, folder } from "./support.ts";

const skip = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

const root = join(import.meta.dirname, "../../..");

describe("a module for each header", { skip }, () => {
  let place: string;
  let options: GenerateOptions;
  before(() => {
    place = workshop();
    file(
      "base.h",
      "#pragma once\n#define BASE 1\ntypedef int own_t; typedef struct box *box_p; int weigh(const struct box *b);\n",
    );
    file(
      "box.h",
      '#pragma once\n#include "base.h"\nstruct box { own_t weight; struct box *next; };\nint missing(void);\n',
    );
    file(
      "shop.h",
      '#include "box.h"\nenum state { OPEN, CLOSED = 7 };\nstruct shelf { struct box boxes[2]; enum state state; };\n#define ADD(a) (a)\nint count(struct shelf s);\n',
    );
    const source =
      '#include "shop.h"\nint weigh(const struct box *b) { return b->weight; }\nint count(struct shelf s) { return s.boxes[0].weight + s.boxes[1].weight; }';
    const library = join(folder(), "libshop.so");
    const built = spawnSync("gcc", ["-shared", "-fPIC", "-o", library, file("shop.c", source)], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    options = { headers: ["shop.h"], includeDirs: [folder()], libraries: [library] };
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  test("imports what it needs from the others, and they load, also where headers need each other", async () => {
    const { modules, absent } = generatePerHeader(options);
    assert.deepEqual(
      modules.map((module) => module.file),
      ["base.ts", "base.types.ts", "box.ts", "box.types.ts", "shop.ts", "shop.types.ts", "libraries.ts"],
    );
    for (const module of modules) writeFileSync(join(place, module.file), module.text);
    process.env.CTYPES_DEBUG = "1";
    const load = (name: string) => import(pathToFileURL(join(place, name)).href);
    const [base, box, shop] = [await load("base.ts"), await load("box.ts"), await load("shop.ts")];
    // base.h names the structure, and box.h needs base.h: it stands in base.types.ts, and box.types.ts passes it on.
    assert.equal(box.box, base.box);
    assert.equal(base.libshop.weigh(new box.box({ weight: 7 })), 7);
    const shelf = new shop.shelf({ boxes: [{ weight: 2 }, { weight: 3 }], state: shop.state.CLOSED });
    assert.equal(shop.libshop.count(shelf), 5);
    // As in C, who includes shop.h sees all of it.
    assert.deepEqual([base.BASE, shop.BASE, shop.box, box.own_t], [1, 1, base.box, base.own_t]);
    assert.ok(shop.libshop === base.libshop && box.libshop === base.libshop);
    assert.deepEqual(["shelf" in box, "state" in base], [false, false]);
    assert.deepEqual(absent, ["missing"]);
    const textOf = (name: string) => modules.find((module) => module.file === name)?.text ?? "";
    const [baseText, boxText, shopText] = [textOf("base.ts"), textOf("box.ts"), textOf("shop.ts")];
    assert.match(boxText, /In no library:\n \* missing\./);
    assert.match(shopText, /^ \* .*shop\.h: 2 types and constants, 1 symbols of .*libshop\.so\.$/m);
    assert.match(shopText, /Skipped, a function-like macro.*\n \* ADD\./);
    assert.doesNotMatch(baseText + boxText, /ADD/);
    for (const module of [base, box, shop]) {
      const { differences, unknown } = await check(module, { cache: false });
      assert.deepEqual([differences, unknown], [[], []]);
    }
  });

  test("loads from any of its modules first", () => {
    for (const name of readdirSync(place).filter((name) => name.endsWith(".ts"))) {
      const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", join(place, name)], {
        cwd: root,
        env: { ...process.env, CTYPES_DEBUG: "1" },
        encoding: "utf8",
      });
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  });

  const av = { headers: ["libavcodec/avcodec.h"], libraries: ["avcodec", "avutil"] };
  test("shows who imports avcodec.ts all of libavutil's that its header includes", {
    skip: skipWithoutHeader(av),
  }, async () => {
    const out = join(place, "av");
    mkdirSync(out);
    for (const { file, text } of generatePerHeader(av).modules) writeFileSync(join(out, file), text);
    const avcodec = await import(pathToFileURL(join(out, "avcodec.ts")).href);
    const rational = await import(pathToFileURL(join(out, "rational.ts")).href);
    const packet = await import(pathToFileURL(join(out, "packet.ts")).href);
    assert.equal(avcodec.AVRational, rational.AVRational);
    assert.equal(avcodec.libavcodec, packet.libavcodec);
    assert.ok(avcodec.libavcodec.avcodec_version() >> 16 >= 50);
    const { num, den } = avcodec.libavutil.av_d2q(0.25, 100);
    assert.deepEqual([num, den], [1, 4]);
  });

  test("is the same every time, formatted, and passes tsc under strict", () => {
    const { modules } = generatePerHeader(options);
    for (const { file, text } of modules) {
      assert.equal(text, readFileSync(join(place, file), "utf8"));
      const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
      const formatted = spawnSync(process.execPath, [biome, "format", `--stdin-file-path=${file}`], {
        cwd: root,
        input: text,
        encoding: "utf8",
      });
      assert.ok(formatted.stdout === text, formatted.stdout);
    }
    assert.equal(typeErrors(place), "");
  });

  const parser = HEADER_SETS.libxml as HeaderSet;
  test("has all that one module of all headers has", { skip: skipWithoutHeader(parser) }, async () => {
    const whole = generate(parser);
    const cli = join(root, "packages/ctypes-configure/dist/cli.mjs");
    const out = join(place, "xml");
    const words = [...parser.headers, "--library", "xml2", "--package", "libxml-2.0"];
    const ran = spawnSync(process.execPath, [cli, "generate", ...words, "--per-header", "--out", out, "--quiet"], {
      encoding: "utf8",
    });
    assert.equal(ran.status, 0, ran.stderr);
    const files = readdirSync(out);
    assert.ok(files.length > 10 && files.includes("parser.ts") && files.includes("tree.ts"), files.join());
    const modules = await Promise.all(files.map((name) => import(pathToFileURL(join(out, name)).href)));
    const names = new Set(modules.flatMap((module) => Object.keys(module)));
    const symbols = new Set(modules.flatMap((module) => Object.keys(module.libxml2 ?? {})));
    const missing = whole.declarations.filter(({ kind, name }) =>
      kind === "function" || kind === "variable"
        ? !symbols.has(name) && !whole.absent.includes(name)
        : !names.has(name),
    );
    assert.deepEqual(missing, []);
    assert.equal(typeErrors(out), "");
    const failed = spawnSync(process.execPath, [cli, "generate", ...words, "--per-header"], { encoding: "utf8" });
    assert.match(failed.stderr, /--per-header needs --out, a folder/);
  });
});
