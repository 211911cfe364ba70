/** What ctypes has on Windows alone; elsewhere each says so in a sentence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  byref,
  CFUNCTYPE,
  c_int,
  c_longdouble,
  c_size_t,
  c_ssize_t,
  c_time_t,
  c_void_p,
  c_wchar,
  c_wchar_p,
  cast,
  create_unicode_buffer,
  FormatError,
  GetLastError,
  get_last_error,
  HRESULT,
  LibraryError,
  OleDLL,
  oledll,
  POINTER,
  Structure,
  set_last_error,
  sizeof,
  WINFUNCTYPE,
  WinDLL,
  WindowsError,
  WinError,
  windll,
  wstring_at,
} from "ctypes-js";
import { find_library, find_msvcrt } from "ctypes-js/util";
import { BOOL, DWORD, HANDLE, LONG, LPARAM, POINT, RECT, WPARAM } from "ctypes-js/wintypes";

const isWindows = process.platform === "win32";
const skip = isWindows ? false : "this is not Windows";

test("elsewhere the functions of Windows say that they are its own", { skip: isWindows }, () => {
  for (const act of [() => GetLastError(), () => FormatError(2), () => WinError(2), () => find_msvcrt()])
    assert.throws(act, /: only Windows has it, and this is /);
  assert.throws(() => windll.kernel32, LibraryError);
});

test("the copy of the last-error code is set and read everywhere", () => {
  const old = set_last_error(42);
  assert.equal(get_last_error(), 42);
  assert.equal(set_last_error(old), 42);
  assert.throws(() => set_last_error("2" as never), /set_last_error\(\): expected an integer, got the string "2"/);
});

test("the types have Windows' sizes", { skip }, () => {
  assert.deepEqual([LONG, DWORD, BOOL, HANDLE].map(sizeof), [4, 4, 4, 8]);
  assert.deepEqual([sizeof(POINT), sizeof(RECT)], [8, 16]);
  assert.deepEqual([c_size_t, c_ssize_t, c_time_t, LPARAM, WPARAM].map(sizeof), [8, 8, 8, 8, 8]);
  assert.equal(new c_size_t(2 ** 40).value, 2 ** 40);
  assert.deepEqual([c_longdouble, c_wchar].map(sizeof), [8, 2]);
});

test("use_last_error gets the code that a call has left, whatever ran since", { skip }, () => {
  const kernel32 = new WinDLL(
    "kernel32",
    { CloseHandle: WINFUNCTYPE(BOOL, HANDLE), SetLastError: WINFUNCTYPE(null, DWORD) },
    { use_last_error: true },
  );
  set_last_error(0);
  assert.equal(kernel32.CloseHandle(12345678), 0);
  JSON.stringify(process.memoryUsage());
  assert.equal(get_last_error(), 6);
  kernel32.SetLastError(1234);
  assert.equal(get_last_error(), 1234);
});

test("an error has the system's text and its number", { skip }, () => {
  assert.match(FormatError(2), /\w/);
  assert.equal(FormatError(0x7fff1234), "<no description>");
  const error = WinError(5);
  assert.ok(error instanceof WindowsError);
  assert.equal(error.winerror, 5);
  assert.equal(error.message, `[WinError 5] ${FormatError(5)}`);
  assert.equal(WinError(5, "no").message, "[WinError 5] no");
});

test("an HRESULT below zero is thrown", { skip }, () => {
  const same = new (CFUNCTYPE(c_int, c_int))((code) => code);
  const checked = new (CFUNCTYPE(HRESULT, c_int))(cast(same, c_void_p).value as number);
  assert.equal(checked(1), 1);
  assert.throws(() => checked(-2147024891), { name: "WindowsError", winerror: -2147024891 });
  const ole32 = new OleDLL("ole32");
  assert.throws(
    () => ole32.CLSIDFromString?.("no class", create_unicode_buffer(16)),
    (error: WindowsError) => error instanceof WindowsError && error.winerror < 0,
  );
  assert.equal(oledll.ole32, oledll.ole32);
});

test("text of wchar_t goes in and out, with surrogate pairs", { skip }, () => {
  const { lstrlenW, lstrcpyW } = new WinDLL("kernel32", {
    lstrlenW: WINFUNCTYPE(c_int, c_wchar_p),
    lstrcpyW: WINFUNCTYPE(c_void_p, c_wchar_p, c_wchar_p),
  });
  assert.equal(lstrlenW("né😀"), 4);
  const buffer = create_unicode_buffer(8);
  lstrcpyW(buffer, "né😀");
  assert.equal(buffer.value, "né😀");
  assert.equal(wstring_at(buffer), "né😀");
});

test("an interface of COM is a structure of functions", { skip }, () => {
  class Malloc extends Structure({ table: () => POINTER(MallocTable) }) {}
  class MallocTable extends Structure({
    QueryInterface: c_void_p,
    AddRef: WINFUNCTYPE(DWORD, c_void_p),
    Release: WINFUNCTYPE(DWORD, c_void_p),
    Alloc: WINFUNCTYPE(c_void_p, c_void_p, HANDLE),
    Realloc: c_void_p,
    Free: WINFUNCTYPE(null, c_void_p, c_void_p),
  }) {}
  const ole32 = new OleDLL("ole32", { CoGetMalloc: WINFUNCTYPE(HRESULT, DWORD, POINTER(POINTER(Malloc))) });
  const place = new (POINTER(Malloc))();
  assert.equal(ole32.CoGetMalloc(1, byref(place)), 0);
  const { table } = place.contents;
  assert.ok(table);
  const { Alloc, Free } = table.contents;
  const block = Alloc?.(place, 100);
  assert.ok(block);
  Free?.(place, block);
});

test("libraries are found on PATH, with .dll added", { skip }, () => {
  assert.equal(find_library("c"), "ucrtbase.dll");
  assert.match(find_library("kernel32") ?? "", /kernel32\.dll$/i);
  assert.equal(find_library("kernel32.dll"), find_library("kernel32"));
  assert.equal(find_library("no-such-thing"), null);
});
