/** Layouts and carets: lines, places and pictures are those of Python's pyglet. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as key from "../src/input/keynames.ts";
import { Caret } from "../src/text/caret.ts";
import { FormattedDocument } from "../src/text/document.ts";
import { parseDistance } from "../src/text/layout/distance.ts";
import { IncrementalTextLayout } from "../src/text/layout/incremental.ts";
import type { Line } from "../src/text/layout/line.ts";
import { TextLayout } from "../src/text/layout/textlayout.ts";
import { documentOf, LAYOUTS, LOREM } from "./text/cases.ts";
import { askPyglet } from "./text/oracle.ts";
import { noPyglet, noXvfb, startXvfb, type Xvfb } from "./xvfb.ts";

/** What subclasses see. */
class OpenLayout extends TextLayout {
  get facts() {
    const quads = [...this.drawnLists()].flatMap(({ vertices }) =>
      Array.from({ length: Math.floor(vertices.length / 8) }, (_, quad) => [...vertices.slice(quad * 8, quad * 8 + 8)]),
    );
    return {
      lines: this.laidOut.map((line: Line) => [line.start, line.x, line.y, line.width, line.ascent, line.descent]),
      size: [this.content_width, this.content_height],
      place: [this.left, this.top, this.bottom],
      quads: quads.filter((quad) => quad[0] !== quad[2] && quad[1] !== quad[5]).sort(byNumbers),
    };
  }
}

function byNumbers(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}

describe("text as Python's pyglet lays it out", { skip: noXvfb || noPyglet }, () => {
  let xvfb: Xvfb;
  before(async () => {
    xvfb = await startXvfb("640x480x24");
  });
  after(() => xvfb.stop());

  test("has the same lines, and each glyph at the same place", () => {
    const answers = askPyglet({ layouts: LAYOUTS }).layouts;
    for (const [index, each] of LAYOUTS.entries()) {
      const { width = null, height = null, options = {}, anchor_x, anchor_y, x, y } = each;
      const layout = new OpenLayout(documentOf(each), width, height, { ...options, anchor_x, anchor_y, x, y });
      if (each.content_valign !== undefined) layout.content_valign = each.content_valign;
      assert.deepEqual(layout.facts, answers[index], JSON.stringify(each));
      // Moved there, it is the same.
      const moved = new OpenLayout(documentOf(each), width, height, options);
      if (anchor_x !== undefined) moved.anchor_x = anchor_x;
      if (anchor_y !== undefined) moved.anchor_y = anchor_y;
      if (each.content_valign !== undefined) moved.content_valign = each.content_valign;
      moved.position = [x ?? 0, y ?? 0];
      assert.deepEqual(moved.facts, answers[index]);
    }
  });

  test("is edited by a caret with the same result", () => {
    const motions = (names: string) =>
      names.split(" ").map((name) => ["on_text_motion", (key as any)[`MOTION_${name}`]] as const);
    const select = (names: string) =>
      names.split(" ").map((name) => ["on_text_motion_select", (key as any)[`MOTION_${name}`]] as const);
    const text = LOREM.replaceAll("\t", " ");
    const steps = [
      ["on_text", "Now: "],
      ...motions("DOWN DOWN END_OF_LINE RIGHT RIGHT UP LEFT"),
      ["on_text", "x\ry"],
      ...motions("BACKSPACE BACKSPACE DELETE NEXT_WORD NEXT_WORD PREVIOUS_WORD BEGINNING_OF_LINE"),
      ...select("RIGHT RIGHT NEXT_WORD DOWN"),
      ["on_text", "replaced"],
      ["set", "position", 60],
      ["set", "mark", 40],
      ["set_style", { bold: true }],
      ...motions("BACKSPACE END_OF_FILE UP UP BEGINNING_OF_FILE DELETE"),
      ["move_to_point", 60, 60],
      ["select_to_point", 90, 30],
      ["select_word", 50, 40],
      ["select_paragraph", 50, 40],
      ["on_mouse_scroll", 10, 10, 0, -2],
      ["move_to_point", 60, 60],
      ["set_style", { font_size: 20 }],
      ["on_text", "big"],
      ["on_mouse_press", 20, 50, 1, 0],
      ["on_mouse_drag", 80, 20, 1, 1, 1, 0],
      ...motions("DELETE"),
    ] as const;
    const given = { text, width: 180, height: 80, styles: [[6, 11, { font_size: 18 }]], steps } as const;
    const states = askPyglet({ carets: [given] }).carets[0];
    const document = documentOf(given);
    const layout = new IncrementalTextLayout(document, 180, 80, { multiline: true });
    const caret = new Caret(layout);
    for (const [index, [name, ...args]] of steps.entries()) {
      if (name === "set") (caret as any)[args[0] as string] = args[1];
      else (caret as any)[name](...args);
      const { position, mark, line } = caret;
      const { selection_start, selection_end, view_x, view_y } = layout;
      const place = caret.vertices.map(Math.trunc);
      const state = [
        name,
        document.text,
        position,
        mark,
        line,
        selection_start,
        selection_end,
        view_x,
        view_y,
        place,
        layout.get_line_count(),
      ];
      assert.deepEqual(state, states[index], `step ${index}: ${name} ${JSON.stringify(args)}`);
    }
    caret.delete();
  });
});

describe("layouts", () => {
  test("measure distances in pixels", () => {
    assert.deepEqual(
      [7.9, "12pt", "1in", "2.54cm", "10px", "1pc", "-3pt", "25.4mm"].map((each) => parseDistance(each, 96)),
      [7, 16, 96, 96, 10, 16, -4, 96],
    );
    assert.throws(() => parseDistance("3 apples", 96), /expected pixels, or a number with one of px, pt/);
  });

  test("want a width to wrap at, and known anchors", () => {
    const document = new FormattedDocument("x");
    assert.throws(() => new TextLayout(document, null, null, { multiline: true }), /width: expected pixels/);
    assert.throws(
      () => new TextLayout(document, 10, 10, { anchor_x: "middle" as any }),
      /anchor_x: expected one of left/,
    );
  });

  test("that are edited have the lines that new ones have, after any change", () => {
    let seed = 11;
    const random = (below: number) => Math.floor(((seed = (seed * 48271) % 2147483647) / 2147483647) * below);
    class Open extends IncrementalTextLayout {
      get lines() {
        return this.laidOut.map(({ start, length, x, y, width, boxes }) => [
          start,
          length,
          x,
          y,
          width,
          boxes.map((box) => [box.start, box.length, box.advance, box.level]),
        ]);
      }
    }
    const document = new FormattedDocument(LOREM);
    const layout = new Open(document, 120, 100, { multiline: true });
    const parts = [
      "x",
      "some words ",
      "\n",
      "two\nlines\n",
      "\u05e9\u05dc\u05d5\u05dd ",
      "\u2028",
      "e\u0301",
      "\u0644\u0627",
    ];
    for (let step = 0; step < 150; step++) {
      const length = document.text.length;
      const start = random(length + 1);
      const end = start + random(Math.min(20, length - start + 1));
      const kind = random(5);
      if (kind === 0) document.delete_text(start, end);
      else if (kind === 1) document.set_style(start, end, { font_size: 10 + random(10) });
      else if (kind === 2) document.set_paragraph_style(start, end, { align: "right", indent: random(20) });
      else document.insert_text(start, parts[random(parts.length)] as string);
      if (random(10) === 0) layout.view_y = -random(layout.content_height);
      const fresh = new Open(document, 120, 100, { multiline: true });
      assert.deepEqual(layout.lines, fresh.lines, `step ${step}`);
      assert.deepEqual([layout.content_width, layout.content_height], [fresh.content_width, fresh.content_height]);
      fresh.delete();
    }
  });
});

describe("bidirectional text in a layout", () => {
  const hebrew = "\u05d0\u05d1\u05d2";
  const layoutOf = (text: string) =>
    new IncrementalTextLayout(new FormattedDocument(text), 400, 50, { multiline: true });
  const x = (layout: IncrementalTextLayout, position: number) => layout.get_point_from_position(position)[0];

  test("is seen in the order of its directions", () => {
    const layout = layoutOf(`ab ${hebrew} cd`);
    // After the space the first Hebrew letter is at the right end of its word.
    assert.ok(x(layout, 4) > x(layout, 5) && x(layout, 5) > x(layout, 6));
    assert.ok(x(layout, 7) > x(layout, 4));
    assert.ok(x(layout, 9) > x(layout, 8));
  });

  test("has a caret that goes to the left and right as it is seen", () => {
    const layout = layoutOf(`${hebrew} ab`);
    const caret = new Caret(layout);
    caret.on_text_motion(key.MOTION_LEFT);
    assert.equal(caret.position, 1);
    caret.on_text_motion(key.MOTION_RIGHT);
    assert.equal(caret.position, 0);
    caret.delete();
  });

  test("finds the position under the mouse", () => {
    const layout = layoutOf(`ab ${hebrew}`);
    for (const position of [1, 2, 4, 5])
      assert.equal(layout.get_position_from_point(x(layout, position), 40), position);
    assert.equal(layout.get_position_from_point(399, 40), 3, "the word begins at its right end");
    const right = layoutOf(`${hebrew} ab`);
    assert.equal(right.get_position_from_point(399, 40), 0);
  });
});
