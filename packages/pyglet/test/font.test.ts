/** Fonts: found, drawn, measured, and shaped; the numbers are compared with Python's pyglet. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CDLL } from "ctypes-js";
import { levelsOf, visualOrder } from "../src/font/bidi.ts";
import { FontException, needing } from "../src/font/exception.ts";
import type { Font } from "../src/font/font.ts";
import type { Glyph } from "../src/font/glyph.ts";
import { get_grapheme_clusters, nextCluster, previousCluster } from "../src/font/grapheme.ts";
import * as font from "../src/font/load.ts";
import { askPyglet } from "./text/oracle.ts";
import { noPyglet, noXvfb, startXvfb, type Xvfb } from "./xvfb.ts";

const DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
const noDejaVu = font.have_font("DejaVu Sans")
  ? false
  : "the font DejaVu Sans is not installed (Debian: fonts-dejavu-core)";
const noEmoji = font.have_font("Noto Color Emoji")
  ? false
  : "the font Noto Color Emoji is not installed (Debian: fonts-noto-color-emoji)";

/** Pixels of a glyph that are not empty. */
function ink(glyph: Glyph): number {
  return glyph.owner?.get_pixels(glyph).filter((value) => value > 0).length ?? 0;
}

function advances(from: Font, text: string): number[] {
  return from.get_glyphs(text).map(({ advance }) => advance);
}

describe("fonts as Python's pyglet has them", { skip: noXvfb || noPyglet || noDejaVu }, () => {
  let xvfb: Xvfb;
  before(async () => {
    xvfb = await startXvfb("640x480x24");
  });
  after(() => xvfb.stop());

  test("names, heights, glyphs and their places are the same", () => {
    const text = "Hello, World! AVAfi \u00c4\u00f6\u00fc\u00df \u0416\u03a9 1234\t|";
    const names = [null, "DejaVu Sans", "Times New Roman", "Courier New", "There Is No Such Font"];
    const fonts = names.flatMap((name) =>
      [null, 9, 12.5, 36].flatMap((size) => [
        { name, size, text },
        { name, size, text, bold: true, italic: true },
        { name, size, text, dpi: 72 },
      ]),
    );
    const answers = askPyglet({ fonts }).fonts;
    for (const [index, wanted] of fonts.entries()) {
      const { name, size, bold, italic, dpi } = { bold: false, italic: false, dpi: null, ...wanted };
      const loaded = font.load(name, size, { bold, italic, dpi });
      const glyphs = loaded.get_glyphs(text).map(({ advance, vertices }) => [advance, ...vertices]);
      const { ascent, descent } = loaded;
      const width = loaded.get_glyphs_for_width(text, 100).length;
      assert.deepEqual({ name: loaded.name, ascent, descent, glyphs, width }, answers[index], JSON.stringify(wanted));
    }
  });
});

describe("fonts", { skip: noDejaVu }, () => {
  test("are the same object while they are used", () => {
    assert.equal(font.load("DejaVu Sans", 20), font.load("DejaVu Sans", 20));
    assert.notEqual(font.load("DejaVu Sans", 20), font.load("DejaVu Sans", 20, { bold: true }));
    assert.equal(font.load(["No Such Font", "DejaVu Serif"], 20).name, "DejaVu Serif");
  });

  test("are there or not by name", () => {
    assert.ok(font.have_font("dejavu sans"));
    assert.ok(font.have_font("DejaVu Sans Condensed"));
    assert.ok(!font.have_font("No Such Font"));
    assert.ok(font.have_font(null));
  });

  test("take a character that they lack from another font", () => {
    const mono = font.load("DejaVu Sans Mono", 20);
    const [arabic] = mono.get_glyphs("\u0753");
    const [sans] = font.load("DejaVu Sans", 20).get_glyphs("\u0753");
    assert.equal(arabic?.advance, sans?.advance);
    assert.ok(ink(arabic?.parts[0]?.glyph as Glyph) > 20);
  });

  test("draw what is black at the right places", () => {
    const [bar] = font.load("DejaVu Sans Mono", 40).get_glyphs("|") as [Glyph];
    const pixels = bar.owner?.get_pixels(bar) as Uint8Array;
    assert.equal(pixels.length, bar.width * bar.height);
    assert.ok(pixels.filter((value) => value === 255).length > pixels.length / 2);
    assert.ok(bar.height > bar.width * 5);
  });

  test("put many glyphs into textures that do not overlap", () => {
    const big = font.load("DejaVu Serif", 50);
    const glyphs = big.get_glyphs("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    assert.ok(big.textures.length > 1);
    const taken = new Map<object, Set<number>>();
    for (const { owner, x, y, width, height } of new Set(glyphs)) {
      assert.ok(owner !== null && x + width <= owner.width && y + height <= owner.height);
      const places = taken.get(owner) ?? new Set();
      taken.set(owner, places);
      for (let row = y; row < y + height; row++) {
        for (let column = x; column < x + width; column++) {
          assert.ok(!places.has(row * owner.width + column));
          places.add(row * owner.width + column);
        }
      }
    }
    // A glyph that is larger than a texture gets a larger one.
    const [huge] = font.load("DejaVu Sans", 300).get_glyphs("M") as [Glyph];
    assert.ok(huge.width > 256 && huge.owner !== null && huge.owner.width >= huge.width);
  });

  test("of added files are found by their names, in all sizes", () => {
    const folder = mkdtempSync(join(tmpdir(), "fonts-"));
    try {
      const bytes = renamed(readFileSync(DEJAVU), "DejaVu Sans", "Xylo Phones");
      writeFileSync(join(folder, "one.TTF"), bytes);
      writeFileSync(join(folder, "none.txt"), "no font");
      assert.ok(!font.have_font("Xylo Phones"));
      font.add_directory(folder);
      assert.ok(font.have_font("xylo phones"));
      assert.equal(font.load("Xylo Phones", 20).name, "Xylo Phones");
      assert.deepEqual(advances(font.load("Xylo Phones", 30), "abc"), advances(font.load("DejaVu Sans", 30), "abc"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("that are broken are exceptions with a sentence, whatever is broken", () => {
    const good = readFileSync(DEJAVU);
    assert.throws(() => font.add_file(new Uint8Array(0)), { name: "FontException", message: /0 bytes/ });
    assert.throws(() => font.add_file(new Uint8Array(500).fill(65)), {
      name: "FontException",
      message: /a font of 500 bytes cannot be read: FreeType reports unknown file format/,
    });
    assert.throws(() => font.add_file("/no/such/file.ttf"), /ENOENT/);
    let refused = 0;
    let seed = 1;
    for (let trial = 0; trial < 60; trial++) {
      const bytes = renamed(good, "DejaVu Sans", `Broken Sans`);
      // A linear congruential generator: the same faults in each run.
      const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
      const cut = trial % 3 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
      for (let flip = 0; flip < 40; flip++)
        cut[Math.floor(random() * Math.min(cut.length, trial % 2 ? 2000 : 1e9))]! ^= 1 << (flip % 8);
      try {
        font.add_file(cut);
        font.load("Broken Sans", 10 + trial).get_glyphs("Hamburgefonts \u0633\u0644\u0627\u0645 e\u0301");
      } catch (error) {
        assert.ok(error instanceof FontException, String(error));
        assert.match(error.message, /FreeType reports|has no size/);
        refused++;
      }
    }
    assert.ok(refused > 10, `${refused} refused`);
  });

  test("say which package to install where a library is missing", () => {
    const missing = () => new CDLL("libno-such-library.so.9");
    assert.throws(() => needing("FreeType", "libfreetype6", missing), {
      name: "FontException",
      message: "text needs the library FreeType, which is missing: install it (on Debian the package is libfreetype6)",
    });
  });

  test("have sizes that make sense", () => {
    for (const size of [0, -3, Number.NaN, 1e6])
      assert.throws(() => font.load("DejaVu Sans", size), /font.load\(\): size/);
  });
});

describe("shaping", { skip: noDejaVu }, () => {
  const sans = font.load("DejaVu Sans", 24);

  test("puts marks over their letters", () => {
    const glyphs = sans.get_glyphs("e\u0301x");
    assert.deepEqual(
      glyphs.map(({ advance }) => advance),
      [...advances(sans, "\u00e9"), 0, ...advances(sans, "x")],
    );
    assert.deepEqual(
      glyphs.map(({ isContinuation }) => isContinuation),
      [false, true, false],
    );
    assert.equal(ink(glyphs[0]?.parts[0]?.glyph as Glyph), ink(sans.get_glyphs("\u00e9")[0] as Glyph));
  });

  test("joins Arabic letters, and makes the ligature that is a must", () => {
    const word = sans.get_glyphs("\u0628\u0628\u0628");
    const alone = sans.get_glyphs("\u0628");
    const forms = word.map(({ parts }) => parts[0]?.glyph);
    assert.equal(new Set(forms).size, 3, "beginning, middle and end");
    assert.ok(!forms.includes(alone[0]?.parts[0]?.glyph));
    // Lam and alef are one picture, which the one that is seen first has.
    const ligature = sans.get_glyphs("\u0644\u0627");
    assert.deepEqual(
      ligature.map(({ parts }) => parts.length),
      [0, 1],
    );
    assert.ok(ligature.every(({ advance }) => advance > 0));
  });

  test("makes ligatures and kerns where that is asked for", () => {
    const shaped = font.load("DejaVu Sans", 24, { shaping: true });
    const total = (from: Font, text: string) => advances(from, text).reduce((sum, each) => sum + each, 0);
    assert.ok(total(shaped, "AVAVA") < total(sans, "AVAVA"));
    assert.deepEqual(
      shaped.get_glyphs("ffi").map(({ parts }) => parts.length),
      [1, 0, 0],
    );
    assert.deepEqual(
      sans.get_glyphs("ffi").map(({ parts }) => parts.length),
      [1, 1, 1],
    );
  });

  test("draws emoji in colours, in the size of the text", { skip: noEmoji }, () => {
    const [lemon, rest] = sans.get_glyphs("\u{1f34b}") as [Glyph, Glyph];
    assert.ok(lemon.colored && lemon.owner?.isColored && rest.isContinuation);
    assert.ok(lemon.height > 24 && lemon.height < 48, `${lemon.height} pixels`);
    const pixels = lemon.owner.get_pixels(lemon);
    let yellow = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      const [red, green, blue, opacity] = pixels.subarray(at, at + 4) as unknown as [number, number, number, number];
      if (opacity > 200 && red > 200 && green > 150 && blue < 120) yellow++;
    }
    assert.ok(yellow > pixels.length / 4 / 4, `${yellow} yellow pixels`);
    // A family is one picture.
    const family = sans.get_glyphs("\u{1f468}\u200d\u{1f469}\u200d\u{1f467}");
    assert.deepEqual(
      family.map(({ parts }) => parts.length),
      [1, 0, 0, 0, 0, 0, 0, 0],
    );
    assert.ok(family[0]?.advance === lemon.advance);
  });
});

describe("bidirectional text", () => {
  test("has the levels of Unicode's annex 9", () => {
    assert.deepEqual([...levelsOf("ab \u05d0\u05d1 12").levels], [0, 0, 0, 1, 1, 1, 2, 2]);
    assert.equal(levelsOf("\u05d0\u05d1 ab").base, 1);
    assert.equal(levelsOf("12 \u05d0").base, 1);
    assert.deepEqual([...levelsOf("\u{10840}a").levels], [1, 1, 2]);
  });

  test("is seen in their order", () => {
    assert.deepEqual(visualOrder([0, 0, 1, 1, 2, 2, 1, 0]), [0, 1, 6, 4, 5, 3, 2, 7]);
    assert.deepEqual(visualOrder([1, 1, 1]), [2, 1, 0]);
    assert.deepEqual(visualOrder([]), []);
  });
});

describe("grapheme clusters", () => {
  test("are what a reader takes for a character", () => {
    const space = "\u200b";
    assert.deepEqual(get_grapheme_clusters("ae\u0301\r\n"), ["a", "e\u0301", space, "\r\n", space]);
    assert.deepEqual(get_grapheme_clusters("\u{1f1e9}\u{1f1ea}\u{1f1eb}"), [
      "\u{1f1e9}\u{1f1ea}",
      space,
      space,
      space,
      "\u{1f1eb}",
      space,
    ]);
  });

  test("are gone over as a whole", () => {
    const text = "x\u{1f468}\u200d\u{1f469}e\u0301";
    assert.deepEqual(
      [0, 1, 3, 6].map((at) => nextCluster(text, at)),
      [1, 6, 6, 8],
    );
    assert.deepEqual(
      [8, 6, 4, 1, 0].map((at) => previousCluster(text, at)),
      [6, 1, 1, 0, 0],
    );
    const long = "e\u0301".repeat(400);
    assert.equal(previousCluster(long, 800), 798);
  });
});

// -- Helpers ---------------------------------------------------------------------------------------

/** A font's bytes with another family name, as long as the old one at most. */
function renamed(bytes: Uint8Array, from: string, to: string): Buffer {
  const copy = Buffer.from(bytes);
  for (const encode of [
    (text: string) => Buffer.from(text, "latin1"),
    (text: string) => Buffer.from(text, "utf16le").swap16(),
  ]) {
    const [old, name] = [encode(from), encode(to.padEnd(from.length).slice(0, from.length))];
    const table = nameTable(copy);
    for (let at = table.indexOf(old); at >= 0; at = table.indexOf(old, at + 1)) name.copy(table, at);
  }
  return copy;
}

function nameTable(font: Buffer): Buffer {
  for (let entry = 12; ; entry += 16) {
    if (font.toString("latin1", entry, entry + 4) === "name")
      return font.subarray(font.readUInt32BE(entry + 8), font.readUInt32BE(entry + 8) + font.readUInt32BE(entry + 12));
  }
}
