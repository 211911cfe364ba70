/**
 * Windows' own libraries: windows enumerated by a callback, a value read from the registry, and a bitmap drawn in
 * memory and compared.
 *
 *     npm run test:on -- windows system    runs it in Wine
 */
import {
  byref,
  c_int,
  c_uint32,
  c_void_p,
  c_wchar_p,
  create_unicode_buffer,
  get_last_error,
  POINTER,
  Structure,
  sizeof,
  string_at,
  WINFUNCTYPE,
  WinDLL,
  WinError,
} from "ctypes-js";
import { BOOL, COLORREF, DWORD, HANDLE, HWND, LONG, LPARAM, LPDWORD, LPVOID, RECT, WORD } from "ctypes-js/wintypes";

const errors = { use_last_error: true };

// -- user32: windows -------------------------------------------------------------------------------

const EnumWindowsProc = WINFUNCTYPE(BOOL, HWND, LPARAM);
const user32 = new WinDLL(
  "user32",
  {
    EnumWindows: WINFUNCTYPE(BOOL, EnumWindowsProc, LPARAM),
    CreateWindowExW: WINFUNCTYPE(
      ...[HWND, DWORD, c_wchar_p, c_wchar_p, DWORD, c_int, c_int, c_int, c_int, HWND, HANDLE, HANDLE, LPVOID],
    ),
    DestroyWindow: WINFUNCTYPE(BOOL, HWND),
    GetWindowTextW: WINFUNCTYPE(c_int, HWND, c_wchar_p, c_int),
    FillRect: WINFUNCTYPE(c_int, HANDLE, POINTER(RECT), HANDLE),
  },
  errors,
);

const WS_OVERLAPPEDWINDOW = 0x00cf0000;

/** The titles of all windows. */
export function titles(): string[] {
  const found: string[] = [];
  const text = create_unicode_buffer(256);
  using look = new EnumWindowsProc((window) => {
    user32.GetWindowTextW(window, text, text.length);
    if (text.value !== "") found.push(text.value);
    return 1;
  });
  if (!user32.EnumWindows(look, 0)) throw WinError(get_last_error());
  return found;
}

/** Makes a window that is not shown, and calls `act` while it is there. */
export function withWindow<T>(title: string, act: () => T): T {
  const window = user32.CreateWindowExW(
    0,
    "STATIC",
    title,
    WS_OVERLAPPEDWINDOW,
    0,
    0,
    100,
    100,
    null,
    null,
    null,
    null,
  );
  if (window === null) throw WinError(get_last_error());
  try {
    return act();
  } finally {
    user32.DestroyWindow(window);
  }
}

// -- advapi32: the registry ------------------------------------------------------------------------

const HKEY_LOCAL_MACHINE = 0x80000002;
const RRF_RT_REG_SZ = 2;

const advapi32 = new WinDLL("advapi32", {
  RegGetValueW: WINFUNCTYPE(LONG, HANDLE, c_wchar_p, c_wchar_p, DWORD, LPDWORD, c_void_p, LPDWORD),
});

/** The text of a value below HKEY_LOCAL_MACHINE. */
export function registryText(key: string, name: string): string {
  const size = new DWORD(512);
  const text = create_unicode_buffer(256);
  const code = advapi32.RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ, null, text, byref(size));
  if (code !== 0) throw WinError(code);
  return text.value;
}

// -- gdi32: a bitmap -------------------------------------------------------------------------------

class BitmapInfo extends Structure({
  biSize: DWORD,
  biWidth: LONG,
  biHeight: LONG,
  biPlanes: WORD,
  biBitCount: WORD,
  biCompression: DWORD,
  biSizeImage: DWORD,
  biXPelsPerMeter: LONG,
  biYPelsPerMeter: LONG,
  biClrUsed: DWORD,
  biClrImportant: DWORD,
}) {}

const gdi32 = new WinDLL(
  "gdi32",
  {
    CreateCompatibleDC: WINFUNCTYPE(HANDLE, HANDLE),
    DeleteDC: WINFUNCTYPE(BOOL, HANDLE),
    CreateDIBSection: WINFUNCTYPE(HANDLE, HANDLE, POINTER(BitmapInfo), c_uint32, POINTER(c_void_p), HANDLE, DWORD),
    SelectObject: WINFUNCTYPE(HANDLE, HANDLE, HANDLE),
    DeleteObject: WINFUNCTYPE(BOOL, HANDLE),
    CreateSolidBrush: WINFUNCTYPE(HANDLE, COLORREF),
    GdiFlush: WINFUNCTYPE(BOOL),
  },
  errors,
);

/** The pixels, 4 bytes each (blue, green, red, 0), of a red rectangle on black. */
export function drawn(width: number, height: number, rectangle: RECT): Uint8Array {
  const info = new BitmapInfo({
    biSize: sizeof(BitmapInfo),
    biWidth: width,
    biHeight: -height, // the first row is the top one
    biPlanes: 1,
    biBitCount: 32,
  });
  const pixels = new c_void_p();
  const context = gdi32.CreateCompatibleDC(null);
  const bitmap = gdi32.CreateDIBSection(context, byref(info), 0, byref(pixels), null, 0);
  if (bitmap === null) throw WinError(get_last_error());
  const before = gdi32.SelectObject(context, bitmap);
  const brush = gdi32.CreateSolidBrush(0x0000ff);
  try {
    user32.FillRect(context, byref(rectangle), brush);
    gdi32.GdiFlush();
    return string_at(pixels, 4 * width * height).slice();
  } finally {
    gdi32.SelectObject(context, before);
    for (const object of [brush, bitmap]) gdi32.DeleteObject(object);
    gdi32.DeleteDC(context);
  }
}
