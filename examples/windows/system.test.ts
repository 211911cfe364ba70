/** The example of Windows' libraries, on Windows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RECT } from "ctypes-js/wintypes";
import { drawn, registryText, titles, withWindow } from "./system.ts";

test("a window is among those that a callback sees, while it is there", () => {
  const title = `ctypes né😀 ${process.pid}`;
  assert.ok(withWindow(title, titles).includes(title));
  assert.ok(!titles().includes(title));
});

test("the registry names the system", () => {
  const key = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
  assert.match(registryText(key, "ProductName"), /Windows/);
  assert.throws(() => registryText(key, "NoSuchValue"), { name: "WindowsError", winerror: 2 });
});

test("a rectangle is drawn where it was asked for, and nowhere else", () => {
  const [width, height] = [40, 30];
  const pixels = drawn(width, height, new RECT({ left: 5, top: 10, right: 25, bottom: 18 }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInside = x >= 5 && x < 25 && y >= 10 && y < 18;
      const [blue, green, red] = pixels.subarray(4 * (y * width + x));
      assert.deepEqual([blue, green, red], isInside ? [0, 0, 255] : [0, 0, 0], `pixel ${x}, ${y}`);
    }
  }
});
