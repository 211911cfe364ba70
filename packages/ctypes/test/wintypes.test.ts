/**
 * Windows' names: that they are all there, and are what they are as on this platform.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressof,
  CFUNCTYPE,
  c_char,
  c_long,
  c_short,
  c_ulong,
  c_ushort,
  c_void_p,
  c_wchar_p,
  cast,
  offsetof,
  POINTER,
  pointer,
  Structure,
  sizeof,
} from "ctypes-js";
import * as wintypes from "ctypes-js/wintypes";
import {
  _COORD,
  DWORD,
  FILETIME,
  HANDLE,
  HWND,
  LPRECT,
  LPWSTR,
  MAX_PATH,
  MSG,
  POINT,
  RECT,
  RGB,
  SIZE,
  SMALL_RECT,
  ULONG,
  VARIANT_BOOL,
  WIN32_FIND_DATAA,
  WIN32_FIND_DATAW,
  WORD,
} from "ctypes-js/wintypes";
import { type Equal, expectType, runC } from "./support.ts";

test("the names are the types that C has for them here", () => {
  assert.equal(DWORD, c_ulong);
  assert.equal(ULONG, c_ulong);
  assert.equal(WORD, c_ushort);
  assert.equal(HANDLE, c_void_p);
  assert.equal(HWND, c_void_p);
  assert.equal(LPWSTR, c_wchar_p);
  assert.equal(LPRECT, POINTER(RECT));
  assert.ok(Object.keys(wintypes).length >= 140, `${Object.keys(wintypes).length} names`);
});

test("structures are laid out as C lays them out here", () => {
  const members = {
    RECT: "LONG left, top, right, bottom;",
    SMALL_RECT: "SHORT Left, Top, Right, Bottom;",
    _COORD: "SHORT X, Y;",
    POINT: "LONG x, y;",
    SIZE: "LONG cx, cy;",
    FILETIME: "DWORD dwLowDateTime, dwHighDateTime;",
    MSG: "void *hWnd; unsigned message; size_t wParam; ptrdiff_t lParam; DWORD time; POINT pt;",
  };
  const found = (char: string) => `DWORD a; FILETIME c, d, e; DWORD f, g, h, i; ${char} cFileName[260]; ${char} j[14];`;
  const declared = Object.entries({
    ...members,
    WIN32_FIND_DATAA: found("char"),
    WIN32_FIND_DATAW: found("wchar_t"),
  });
  const program = `
    #include <stdio.h>
    #include <stddef.h>
    typedef long LONG; typedef short SHORT; typedef unsigned long DWORD;
    ${declared.map(([name, body]) => `typedef struct { ${body} } ${name};`).join("\n")}
    int main(void) {
      ${declared.map(([name]) => `printf("%zu ", sizeof(${name}));`).join("\n")}
      printf("%zu %zu", offsetof(MSG, pt), offsetof(WIN32_FIND_DATAW, cFileName));
    }`;
  const sizes = [RECT, SMALL_RECT, _COORD, POINT, SIZE, FILETIME, MSG, WIN32_FIND_DATAA, WIN32_FIND_DATAW].map(sizeof);
  const offsets = [offsetof(MSG, "pt"), offsetof(WIN32_FIND_DATAW, "cFileName")];
  assert.equal([...sizes, ...offsets].join(" "), runC("wintypes", program));
});

test("they are used as any other types", () => {
  class Window extends Structure({ handle: HWND, bounds: RECT, isShown: VARIANT_BOOL }) {}
  const window = new Window({ bounds: { left: 1, bottom: 4 }, isShown: true });
  expectType<Equal<typeof window.isShown, boolean>>();
  assert.equal(window.isShown, true);
  assert.equal(window.bounds.bottom, 4);
  const rect: RECT = window.bounds;
  const corner = new (CFUNCTYPE(c_long, LPRECT))((r) => r?.contents.left ?? 0);
  assert.equal(corner(pointer(rect)), 1);
  assert.ok(addressof(rect) > addressof(window));

  const found = new WIN32_FIND_DATAA({ cFileName: "readme.txt", nFileSizeLow: 5 });
  assert.equal(found.cFileName.value, "readme.txt");
  assert.equal(found.cFileName.length * sizeof(c_char), MAX_PATH);
  assert.equal(new MSG({ pt: { x: 5 } }).pt.x, 5);
  assert.equal(RGB(0x11, 0x22, 0x33), 0x332211);
});

test("a VARIANT_BOOL travels by value, and -1 is true", () => {
  const seen: boolean[] = [];
  const Negate = CFUNCTYPE(VARIANT_BOOL, VARIANT_BOOL);
  const negate = new Negate((value) => {
    seen.push(value);
    return !value;
  });
  assert.deepEqual([negate(true), negate(false)], [false, true]);
  assert.deepEqual(seen, [true, false]);
  const toShort = cast(new (CFUNCTYPE(VARIANT_BOOL))(() => true), CFUNCTYPE(c_short));
  assert.equal(toShort(), -1);
});
