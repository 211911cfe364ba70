/** A context of WebGL beside a window's own: each draws to itself, whichever was used last. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gl, window } from "ctypes-pyglet";
import { createContext } from "ctypes-pyglet/webgl";
import { onOwnDisplay, opened } from "./opened.ts";
import { noXvfb, until } from "./xvfb.ts";

describe("WebGL beside a window", { skip: noXvfb }, () => {
  const own = onOwnDisplay();

  test("contexts of GLX and of EGL give way to each other", async () => {
    const made = await opened({ width: 40, height: 30 });
    const [x, y] = made.get_location();
    const web = createContext(4, 4, { preserveDrawingBuffer: true });
    const pixel = new Uint8Array(4);
    for (const [red, green] of [
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      made.switch_to();
      gl.glClearColor(red, green, 0, 1);
      web.clearColor(green, red, 1, 1);
      web.clear(web.COLOR_BUFFER_BIT);
      made.switch_to();
      made.clear();
      web.readPixels(0, 0, 1, 1, web.RGBA, web.UNSIGNED_BYTE, pixel);
      assert.deepEqual([...pixel], [255 * green, 255 * red, 255, 255]);
      made.flip();
      const colour = [255 * red, 255 * green, 0];
      await until(
        `the window to be ${colour}`,
        () => made.dispatch_events(),
        () => String(own.user.pixel(x + 10, y + 10)) === String(colour),
      );
    }
    assert.equal(web.getError(), web.NO_ERROR);
    const second = new window.Window({ width: 20, height: 20 });
    second.close();
    web.clearColor(0, 0, 0, 1);
    web.clear(web.COLOR_BUFFER_BIT);
    web.readPixels(0, 0, 1, 1, web.RGBA, web.UNSIGNED_BYTE, pixel);
    assert.deepEqual([...pixel], [0, 0, 0, 255]);
  });
});
