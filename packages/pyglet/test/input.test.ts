/** Names of keys and buttons. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { key, mouse } from "ctypes-pyglet";

test("keys have the numbers of X's keysyms, and names", () => {
  assert.deepEqual([key.A, key.ESCAPE, key.NUM_0, key._7], [97, 0xff1b, 0xffb0, 55]);
  assert.deepEqual([key.symbol_string(key.A), key.symbol_string(key.ESCAPE)], ["A", "ESCAPE"]);
  assert.equal(key.symbol_string(key.user_key(0x1a)), "user_key(1a)");
  assert.equal(key.modifiers_string(key.MOD_SHIFT | key.MOD_ALT), "MOD_SHIFT|MOD_ALT");
  assert.equal(key.motion_string(key.MOTION_NEXT_WORD), "MOTION_NEXT_WORD");
  assert.equal(key.MOTION_UP, key.UP);
});

test("buttons are bits", () => {
  assert.equal(mouse.buttons_string(mouse.LEFT | mouse.RIGHT), "LEFT|RIGHT");
  assert.equal(mouse.buttons_string(0), "");
});
