/** Windows on a display of their own: opening, drawing, closing, and the events that a user makes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { app, clock, display, gl, options, window } from "ctypes-pyglet";
import { onOwnDisplay, opened } from "./opened.ts";
import { noXvfb, startXvfb, until, type Xvfb } from "./xvfb.ts";

describe("a window", { skip: noXvfb }, () => {
  const own = onOwnDisplay();

  test("has the size, the caption and the configuration that were asked for", () => {
    const config = new gl.Config({ double_buffer: true, depth_size: 24, sample_buffers: 1, samples: 4 });
    const made = new window.Window({ width: 300, height: 200, caption: "Tür", config });
    assert.deepEqual(made.get_size(), [300, 200]);
    assert.equal(made.caption, "Tür");
    assert.equal(made.config.samples, 4);
    assert.ok((made.config.depth_size ?? 0) >= 24);
    assert.equal(String(made), "Window(width=300, height=200)");
    assert.equal(String(made.screen), "Screen(x=0, y=0, width=1024, height=768)");
    assert.throws(() => new window.Window({ width: 0 }), /width: expected a number of pixels from 1 to 32767, got 0/);
    assert.throws(() => new window.Window({ config: new gl.Config({ samples: 99 }) }), {
      name: "NoSuchConfigException",
      message: /no configuration with samples: 99/,
    });
  });

  test("is told of its size, then that it is shown, uncovered and active", async () => {
    const log: string[] = [];
    await opened({ width: 300, height: 200 }, log);
    assert.deepEqual(log, ["on_resize(width=300, height=200)", "on_show()", "on_expose()", "on_activate()"]);
  });

  test("is flipped whichever context is current, which stays so", async () => {
    const made = await opened({ width: 60, height: 50 });
    const other = new window.Window({ width: 24, height: 20, visible: false });
    made.switch_to();
    gl.glClearColor(1, 0, 0, 1);
    made.clear();
    other.switch_to();
    made.flip();
    await until(
      "the window to be red",
      () => made.dispatch_events(),
      () => String(own.user.pixel(30, 30)) === "255,0,0",
    );
    other.switch_to();
    made.flip();
    const viewport = new Int32Array(4);
    gl.glGetIntegerv(gl.GL_VIEWPORT, viewport);
    assert.deepEqual([...viewport], [0, 0, 24, 20]);
  });

  test("shows what is drawn, with coordinates from its lower left corner", async () => {
    const made = await opened({ width: 300, height: 200 });
    gl.glClearColor(0, 0, 1, 1);
    made.clear();
    gl.glColor3f(1, 0.5, 0);
    gl.glRectf(0, 0, 10, 10);
    made.flip();
    gl.glFinish();
    assert.deepEqual(own.user.pixel(5, 195), [255, 128, 0]);
    assert.deepEqual(own.user.pixel(15, 195), [0, 0, 255]);
    assert.deepEqual(own.user.pixel(5, 5), [0, 0, 255]);
  });

  test("receives keys, text, motions, and the mouse", async () => {
    const log: string[] = [];
    const made = await opened({ width: 300, height: 200 }, log);
    log.length = 0;
    own.user.move(10, 10);
    own.user.move(20, 30);
    own.user.press();
    own.user.move(25, 36);
    own.user.release();
    own.user.click(5);
    own.user.type(["a"]);
    own.user.type(["b"], ["Shift_L"]);
    own.user.type(["Left"], ["Control_L"]);
    own.user.type(["Right"], ["Shift_L"]);
    own.user.move(500, 500);
    await until(
      "the mouse to leave",
      () => made.dispatch_events(),
      () => log.at(-1)?.startsWith("on_mouse_leave") ?? false,
    );
    const motions = log.filter((line) => /on_mouse_(motion|drag|enter|leave)/.test(line));
    assert.deepEqual(motions.slice(-2, -1), ["on_mouse_drag(x=25, y=163, dx=5, dy=-6, buttons=LEFT, modifiers=)"]);
    assert.ok(motions.includes("on_mouse_motion(x=20, y=169, dx=10, dy=-20)"));
    const others = log.filter((line) => !motions.includes(line));
    assert.deepEqual(others, [
      "on_mouse_press(x=20, y=170, button='LEFT', modifiers=)",
      "on_mouse_release(x=25, y=164, button='LEFT', modifiers=)",
      "on_mouse_scroll(x=25.000000, y=164.000000, dx=0.000000, dy=-1.000000)",
      "on_key_press(symbol=A, modifiers=)",
      "on_text(text='a')",
      "on_key_release(symbol=A, modifiers=)",
      "on_key_press(symbol=LSHIFT, modifiers=)",
      "on_key_press(symbol=B, modifiers=MOD_SHIFT)",
      "on_text(text='B')",
      "on_key_release(symbol=B, modifiers=MOD_SHIFT)",
      "on_key_release(symbol=LSHIFT, modifiers=MOD_SHIFT)",
      "on_key_press(symbol=LCTRL, modifiers=)",
      "on_key_press(symbol=LEFT, modifiers=MOD_CTRL)",
      "on_text_motion(motion=MOTION_PREVIOUS_WORD)",
      "on_key_release(symbol=LEFT, modifiers=MOD_CTRL)",
      "on_key_release(symbol=LCTRL, modifiers=MOD_CTRL)",
      "on_key_press(symbol=LSHIFT, modifiers=)",
      "on_key_press(symbol=RIGHT, modifiers=MOD_SHIFT)",
      "on_text_motion_select(motion=MOTION_RIGHT)",
      "on_key_release(symbol=RIGHT, modifiers=MOD_SHIFT)",
      "on_key_release(symbol=LSHIFT, modifiers=MOD_SHIFT)",
    ]);
  });

  test("is drawn by the event loop after an event, and ends the loop when Escape closes it", async () => {
    const made = new window.Window({ width: 300, height: 200 });
    const log: string[] = [];
    made.push_handlers({
      on_draw() {
        log.push("draw");
        gl.glClearColor(1, 0, 0, 1);
        made.clear();
      },
      on_activate: () => void clock.schedule_once(() => own.user.type(["Escape"]), 0.05),
      on_close: () => void log.push("close"),
    });
    await app.run();
    assert.equal(log[0], "draw");
    assert.equal(log.at(-1), "close");
    assert.equal(app.windows.size, 0);
    assert.throws(() => made.flip(), /Window.flip\(\): the window was closed/);
    made.close();
  });

  test("is resized by the program, and has its projection follow", async () => {
    const log: string[] = [];
    const made = await opened({ width: 300, height: 200, resizable: true }, log);
    made.set_size(400, 250);
    made.dispatch_events();
    assert.ok(log.includes("on_resize(width=400, height=250)"), log.join("\n"));
    const viewport = new Int32Array(4);
    gl.glGetIntegerv(gl.GL_VIEWPORT, viewport);
    assert.deepEqual([...viewport], [0, 0, 400, 250]);
  });

  test("shares lists with the window that was current, unless it is told not to", async () => {
    const first = await opened({ width: 60, height: 60 });
    const list = gl.glGenLists(1);
    gl.glNewList(list, gl.GL_COMPILE);
    gl.glEndList();
    const second = new window.Window({ width: 60, height: 60 });
    assert.equal(gl.glIsList(list), 1);
    assert.equal(second.context.object_space, first.context.object_space);
    const third = new window.Window({ width: 60, height: 60, context: null });
    assert.equal(gl.glIsList(list), 0);
    assert.notEqual(third.context.object_space, first.context.object_space);
  });
});

describe("options.debug_gl", { skip: noXvfb }, () => {
  let xvfb: Xvfb;
  before(async () => {
    xvfb = await startXvfb();
  });
  after(async () => {
    options.debug_gl = false;
    display.get_display().close();
    await xvfb.stop();
  });

  test("has what OpenGL refuses thrown, with the function and its arguments", () => {
    const made = new window.Window({ width: 60, height: 60 });
    const { glEnable } = gl;
    gl.glEnable(0x1234);
    assert.equal(gl.glGetError(), gl.GL_INVALID_ENUM);
    options.debug_gl = true;
    assert.throws(() => gl.glEnable(0x1234), {
      name: "GLException",
      message: "glEnable(cap = 0x1234): GL_INVALID_ENUM: the function does not take this constant",
    });
    assert.throws(
      () => gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, 5),
      /target = 0xde1, pname = 0x2801, param = 5/,
    );
    gl.glBegin(gl.GL_POINTS);
    gl.glVertex2f(1, 1);
    assert.throws(() => {
      gl.glEnable(gl.GL_BLEND);
      gl.glEnd();
    }, /glEnd\(\): GL_INVALID_OPERATION/);
    gl.glClear(gl.GL_COLOR_BUFFER_BIT);
    made.close();
    assert.throws(() => gl.glClear(gl.GL_COLOR_BUFFER_BIT), /glClear\(\): no OpenGL context is current/);
    options.debug_gl = false;
    assert.equal(gl.glEnable, glEnable);
    // Calls without a context do nothing.
    gl.glEnable(gl.GL_BLEND);
  });
});
