/** Text as it is seen: pictures of windows, beside those of Python's pyglet. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as font from "../src/font/load.ts";
import { gl } from "../src/gl/gl.ts";
import { Caret } from "../src/text/caret.ts";
import { FormattedDocument } from "../src/text/document.ts";
import { ImageElement } from "../src/text/formats/image.ts";
import { HTMLLabel, Label } from "../src/text/label.ts";
import { Batch } from "../src/text/layout/batch.ts";
import { IncrementalTextLayout } from "../src/text/layout/incremental.ts";
import { ScrollableTextLayout } from "../src/text/layout/scrollable.ts";
import { Window } from "../src/window/window.ts";
import { documentOf, LOREM } from "./text/cases.ts";
import { askPyglet } from "./text/oracle.ts";
import { noPyglet, noXvfb, startXvfb, type Xvfb } from "./xvfb.ts";

const [WIDTH, HEIGHT] = [400, 300];

describe("pictures of text", { skip: noXvfb }, () => {
  let xvfb: Xvfb;
  let win: Window;
  before(async () => {
    xvfb = await startXvfb("640x480x24");
    win = new Window({ width: WIDTH, height: HEIGHT, visible: false });
  });
  after(async () => {
    win.close();
    await xvfb.stop();
  });

  /** The window after `draw`: three bytes a pixel, from the lower left on. */
  function picture(draw: () => void, clear = [0.2, 0.3, 0.4, 1]): Uint8Array {
    win.switch_to();
    win.on_resize(WIDTH, HEIGHT);
    const [red = 0, green = 0, blue = 0, opacity = 1] = clear;
    gl.glClearColor(red, green, blue, opacity);
    win.clear();
    draw();
    return pixels();
  }

  function pixels(): Uint8Array {
    const read = new Uint8Array(WIDTH * HEIGHT * 3);
    gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1);
    gl.glReadPixels(0, 0, WIDTH, HEIGHT, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, read);
    return read;
  }

  test("are those of Python's pyglet", { skip: noPyglet }, () => {
    const styled = {
      text: LOREM,
      styles: [
        [3, 14, { font_size: 24, bold: true, color: [255, 200, 0, 255] }],
        [30, 50, { background_color: [90, 0, 90, 255], underline: [255, 255, 255, 255] }],
        [60, 90, { font_name: "Times New Roman", italic: true, baseline: "3pt", color: [0, 255, 0, 128] }],
      ],
    } as const;
    const html =
      "<h2>Title</h2><p>A <b>bold</b> and <i>italic</i> text, <u>underlined</u>, H<sub>2</sub>O and " +
      "<font color=#ff8000 size=5>large</font>.<ul><li>one<li>two</ul><p align=right>right";
    const cases = [
      {
        kind: "label",
        text: "Hello, world",
        options: {
          font_name: "Times New Roman",
          font_size: 36,
          x: 200,
          y: 150,
          anchor_x: "center",
          anchor_y: "center",
        },
      },
      {
        kind: "label",
        text: LOREM,
        options: {
          font_size: 12,
          x: 10,
          y: 290,
          width: 300,
          anchor_y: "top",
          multiline: true,
          bold: true,
          color: [255, 255, 0, 255],
        },
      },
      { kind: "html", text: html, options: { x: 10, y: 290, width: 380, anchor_y: "top", multiline: true } },
      {
        kind: "ScrollableTextLayout",
        ...styled,
        width: 250,
        height: 120,
        set: [
          ["x", 20],
          ["view_y", -40],
        ],
      },
      {
        kind: "IncrementalTextLayout",
        ...styled,
        width: 250,
        height: 120,
        set: [
          ["x", 30],
          ["y", 50],
          ["view_y", -30],
        ],
        caret: 45,
        mark: 20,
      },
      {
        kind: "IncrementalTextLayout",
        ...styled,
        width: 250,
        height: 220,
        set: [
          ["x", 30],
          ["y", 20],
        ],
        caret: 6,
      },
    ];
    const answers = askPyglet({ pictures: cases }).pictures;
    for (const [index, each] of cases.entries()) {
      const made = picture(() => {
        const shown = shownOf(each);
        shown.draw();
        shown.delete();
      });
      const wanted = Buffer.from(answers[index], "base64");
      assert.equal(made.length, wanted.length);
      let different = 0;
      let inked = 0;
      for (let at = 0; at < made.length; at += 3) {
        const away = [0, 1, 2].map((channel) =>
          Math.abs((made[at + channel] as number) - (wanted[at + channel] as number)),
        );
        if (Math.max(...away) > 2) different++;
        if (made[at] !== made[0]) inked++;
      }
      assert.ok(inked > 500, `${each.kind} ${index}: ${inked} pixels are drawn`);
      assert.ok(different <= (WIDTH * HEIGHT) / 200, `${each.kind} ${index}: ${different} pixels differ`);
    }
  });

  test("change with their text, colour and place, and vanish", () => {
    const label = new Label("one", { x: 20, y: 20, font_size: 30 });
    const seen = new Set<string>();
    const note = () => seen.add(Buffer.from(picture(() => label.draw())).toString("base64"));
    const empty = Buffer.from(picture(() => {})).toString("base64");
    note();
    label.text = "two";
    note();
    label.color = [255, 0, 0, 255];
    note();
    label.x = 100;
    note();
    label.opacity = 100;
    note();
    label.bold = true;
    note();
    assert.equal(seen.size, 6);
    label.visible = false;
    assert.equal(Buffer.from(picture(() => label.draw())).toString("base64"), empty);
    label.visible = true;
    note();
    assert.equal(seen.size, 6);
    label.delete();
    assert.equal(Buffer.from(picture(() => label.draw())).toString("base64"), empty);
  });

  test("of several labels in a batch are the same as of each", () => {
    const make = (batch: Batch | null) => [
      new Label("first", { x: 10, y: 200, batch, font_size: 30 }),
      new HTMLLabel("<b>second</b>", { x: 10, y: 100, batch }),
      new Label("third", { x: 200, y: 50, batch, font_name: "Times New Roman", color: [0, 255, 0, 255] }),
    ];
    const batch = new Batch();
    const together = make(batch);
    const one = picture(() => batch.draw());
    const other = picture(() => {
      for (const each of make(null)) each.draw();
    });
    assert.deepEqual(one, other);
    assert.deepEqual(
      picture(() => {
        for (const each of together) each.draw();
      }),
      one,
    );
  });

  test("have pictures in the text, which move with it", () => {
    const name = new Uint32Array(1);
    gl.glGenTextures(1, name);
    const [id = 0] = name;
    gl.glBindTexture(gl.GL_TEXTURE_2D, id);
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_NEAREST);
    gl.glTexImage2D(
      gl.GL_TEXTURE_2D,
      0,
      gl.GL_RGB,
      1,
      1,
      0,
      gl.GL_RGB,
      gl.GL_UNSIGNED_BYTE,
      new Uint8Array([250, 10, 20, 0]),
    );
    const texture = { id, target: gl.GL_TEXTURE_2D, tex_coords: [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0] };
    const element = new ImageElement({ width: 1, height: 1, get_texture: () => texture }, 40, 30);
    const document = new FormattedDocument("before after");
    document.insert_element(7, element);
    const layout = new IncrementalTextLayout(document, 300, 100, { x: 10, y: 100, multiline: true });
    const red = (made: Uint8Array) => {
      const places: [number, number][] = [];
      for (let at = 0; at < made.length; at += 3)
        if (made[at] === 250 && made[at + 1] === 10 && made[at + 2] === 20)
          places.push([(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH)]);
      const [x, y] = [places.map(([x]) => x), places.map(([, y]) => y)];
      return places.length === 0 ? [] : [Math.min(...x), Math.max(...x) + 1, Math.min(...y), Math.max(...y) + 1];
    };
    const first = red(picture(() => layout.draw()));
    const x = 10 + layout.get_point_from_position(7)[0];
    assert.deepEqual(first, [x, x + 40, 170, 200]);
    assert.equal(layout.get_point_from_position(8)[0], x - 10 + 40);
    document.insert_text(0, "new line\n");
    assert.deepEqual(red(picture(() => layout.draw())), [x, x + 40, 151, 181]);
    document.delete_text(16, 17);
    assert.deepEqual(red(picture(() => layout.draw())), []);
    assert.equal(element.position, null);
  });

  test("give their textures back when their fonts are gone", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const draw = (size: number) => {
      const label = new Label("Qq", { font_size: size });
      label.draw();
      const id = font.load(null, size).textures[0]?.id as number;
      label.delete();
      return id;
    };
    const ids = Array.from({ length: 30 }, (_, index) => draw(40 + index / 4));
    const alive = () => ids.filter((id) => gl.glIsTexture(id) !== 0).length;
    assert.equal(alive(), 30);
    for (let round = 0; round < 20 && alive() > 10; round++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
      draw(100 + round);
    }
    assert.ok(alive() <= 10, `${alive()} of 30 textures are left`);
  });

  test("leave OpenGL's state as it was", () => {
    const label = new Label("state", { x: 10, y: 10 });
    const state = () =>
      [gl.GL_BLEND, gl.GL_TEXTURE_2D, gl.GL_SCISSOR_TEST, gl.GL_VERTEX_ARRAY].map((name) => gl.glIsEnabled(name));
    const layout = new IncrementalTextLayout(new FormattedDocument("x"), 50, 50);
    const before = state();
    picture(() => {
      label.draw();
      layout.draw();
    });
    assert.deepEqual(state(), before);
    assert.equal(gl.glGetError(), 0);
  });

  test("are the same in a second window, which has textures of its own", () => {
    const label = new Label("both", { x: 10, y: 100, font_size: 40 });
    const first = picture(() => label.draw());
    const second = new Window({ width: WIDTH, height: HEIGHT, visible: false, context: null });
    second.switch_to();
    second.on_resize(WIDTH, HEIGHT);
    gl.glClearColor(0.2, 0.3, 0.4, 1);
    second.clear();
    label.draw();
    const other = pixels();
    second.close();
    assert.deepEqual(other, first);
    // New glyphs come into the texture that the first window has.
    win.switch_to();
    label.text = "more qxz";
    const more = picture(() => label.draw());
    assert.deepEqual(
      picture(() => new Label("more qxz", { x: 10, y: 100, font_size: 40 }).draw()),
      more,
    );
  });

  test("of emoji have their colours, whatever the text's is", {
    skip: font.have_font("Noto Color Emoji")
      ? false
      : "the font Noto Color Emoji is not installed (Debian: fonts-noto-color-emoji)",
  }, () => {
    const label = new Label("\u{1f34b}", { x: 100, y: 100, font_size: 60, color: [0, 0, 255, 255] });
    const made = picture(() => label.draw(), [0, 0, 0, 1]);
    let [yellow, blue] = [0, 0];
    for (let at = 0; at < made.length; at += 3) {
      const [red = 0, green = 0, rest = 0] = made.subarray(at, at + 3);
      if (red > 200 && green > 150 && rest < 120) yellow++;
      if (rest > 200 && red < 50) blue++;
    }
    assert.ok(yellow > 1000 && blue === 0, `${yellow} yellow, ${blue} blue`);
  });
});

/** What a case shows. */
function shownOf(each: any): { draw(): void; delete(): void } {
  const { kind, text, options, width, height } = each;
  if (kind === "label") return new Label(text, options);
  if (kind === "html") return new HTMLLabel(text, options);
  const Layout = kind === "ScrollableTextLayout" ? ScrollableTextLayout : IncrementalTextLayout;
  const layout = new Layout(documentOf(each), width, height, { multiline: true });
  for (const [name, value] of each.set) (layout as any)[name] = value;
  if (layout instanceof IncrementalTextLayout) {
    const caret = new Caret(layout, { color: [255, 0, 0] });
    caret.position = each.caret;
    caret.mark = each.mark ?? null;
    caret.PERIOD = 0;
    caret.visible = true;
    return {
      draw: () => layout.draw(),
      delete: () => {
        caret.delete();
        layout.delete();
      },
    };
  }
  return layout;
}
