/**
 * What CPython tests on Windows and holds everywhere: small structures as results, rectangles by value and by
 * reference, window types.
 */
import assert from "node:assert/strict";
import { byref, c_char, c_int, c_long, c_void_p, type Fields, POINTER, pointer, Structure, sizeof } from "ctypes-js";
import { HWND, LPARAM, WPARAM } from "ctypes-js/wintypes";
import { row } from "./row.ts";
import { open } from "./support.ts";

row("test_win32.py", "ReturnStructSizesTestCase", "test_sizes", () => {
  const dll = open();
  for (let count = 1; count <= 10; count++) {
    const names = Array.from({ length: count }, (_, i) => `f${i + 1}`);
    const fields: Fields = Object.fromEntries(names.map((name) => [name, c_char]));
    class Chars extends Structure(fields) {}
    assert.equal(sizeof(Chars), count);

    const func = dll[`TestSize${count}`];
    assert.ok(func !== undefined);
    func.restype = Chars;
    const result = func() as Record<string, unknown>;
    for (const [i, name] of names.entries()) {
      assert.equal(result[name], "abcdefghij"[i], `member ${name} of ${count}`);
    }
  }
});

row("test_win32.py", "TestWintypes", "test_HWND", () => {
  assert.equal(sizeof(HWND), sizeof(c_void_p));
});

row("test_win32.py", "TestWintypes", "test_PARAM", () => {
  assert.equal(sizeof(WPARAM), sizeof(c_void_p));
  assert.equal(sizeof(LPARAM), sizeof(c_void_p));
});

row("test_win32.py", "Structures", "test_struct_by_value", () => {
  class Point extends Structure({ x: c_long, y: c_long }) {}
  class Rect extends Structure({ left: c_long, top: c_long, right: c_long, bottom: c_long }) {}
  const dll = open();
  const point = new Point([15, 25]);
  const [left, top, right, bottom] = (["left", "top", "right", "bottom"] as const).map(
    (name) => c_long.in_dll(dll, name).value,
  );
  assert.deepEqual([left, top, right, bottom], [10, 20, 30, 40]);
  const rect = new Rect([left, top, right, bottom]);

  const { PointInRect, ReturnRect } = dll;
  assert.ok(PointInRect !== undefined && ReturnRect !== undefined);
  PointInRect.argtypes = [POINTER(Rect), Point];
  assert.equal(PointInRect(byref(rect), point), 1);
  assert.equal(PointInRect(byref(rect), new Point([9, 25])), 0);

  ReturnRect.argtypes = [c_int, Rect, POINTER(Rect), Point, Rect, POINTER(Rect), Point, Rect];
  ReturnRect.restype = Rect;
  for (let i = 0; i < 4; i++) {
    const result = ReturnRect(i, rect, pointer(rect), point, rect, byref(rect), point, rect) as Rect;
    assert.ok(result instanceof Rect);
    assert.deepEqual([result.left, result.top, result.right, result.bottom], [left, top, right, bottom], `result ${i}`);
  }
  assert.equal(ReturnRect.argtypes?.[2], POINTER(Rect));
  assert.equal(ReturnRect.argtypes?.[2], ReturnRect.argtypes?.[5], "the same type each time");
  assert.deepEqual([rect.left, rect.top, rect.right, rect.bottom], [left, top, right, bottom]);
});
