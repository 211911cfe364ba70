/**
 * The names that Windows' headers give to C's types, as `ctypes.wintypes` has them: on every platform, with that
 * platform's sizes (`DWORD` is `unsigned long`, which is 8 bytes on Linux), so that declarations written for Windows
 * load everywhere.
 */
import { nameClasses } from "../memory/naming.ts";
import { ARRAY } from "./array.ts";
import { POINTER } from "./pointer.ts";
import { plain } from "./simple.ts";
import { Structure } from "./structure.ts";
import {
  c_ubyte as BYTE,
  c_char as CHAR,
  c_ulong as DWORD,
  c_float as FLOAT,
  c_void_p as HANDLE,
  c_int as INT,
  c_longlong as LARGE_INTEGER,
  c_long as LONG,
  c_ssize_t as LPARAM,
  c_short as SHORT,
  c_uint as UINT,
  c_ulonglong as ULARGE_INTEGER,
  c_ushort as USHORT,
  c_wchar as WCHAR,
  c_ushort as WORD,
  c_size_t as WPARAM,
} from "./types.ts";

// -- Numbers, characters and text ------------------------------------------------------------------

/**
 * 16 bits that mean true or false: true is -1, and anything that is not 0 reads as true. What is empty is false, an
 * array too.
 */
export class VARIANT_BOOL extends plain<"v", boolean, unknown>("v") {}

export {
  c_char_p as LPCSTR,
  c_char_p as LPSTR,
  c_double as DOUBLE,
  c_int as HFILE,
  c_long as BOOL,
  c_longlong as _LARGE_INTEGER,
  c_ubyte as BOOLEAN,
  c_ulong as COLORREF,
  c_ulong as LCID,
  c_ulong as LCTYPE,
  c_ulong as LGRPID,
  c_ulong as ULONG,
  c_ulonglong as _ULARGE_INTEGER,
  c_ushort as ATOM,
  c_ushort as LANGID,
  c_void_p as LPCVOID,
  c_void_p as LPVOID,
  c_wchar_p as LPCOLESTR,
  c_wchar_p as LPCWSTR,
  c_wchar_p as LPOLESTR,
  c_wchar_p as LPWSTR,
  c_wchar_p as OLESTR,
} from "./types.ts";
export {
  BYTE,
  CHAR,
  DWORD,
  FLOAT,
  INT,
  LARGE_INTEGER,
  LONG,
  LPARAM,
  SHORT,
  UINT,
  ULARGE_INTEGER,
  USHORT,
  WCHAR,
  WORD,
  WPARAM,
};

// -- Handles ---------------------------------------------------------------------------------------

export {
  HANDLE,
  HANDLE as HACCEL,
  HANDLE as HBITMAP,
  HANDLE as HBRUSH,
  HANDLE as HCOLORSPACE,
  HANDLE as HCURSOR,
  HANDLE as HDC,
  HANDLE as HDESK,
  HANDLE as HDWP,
  HANDLE as HENHMETAFILE,
  HANDLE as HFONT,
  HANDLE as HGDIOBJ,
  HANDLE as HGLOBAL,
  HANDLE as HHOOK,
  HANDLE as HICON,
  HANDLE as HINSTANCE,
  HANDLE as HKEY,
  HANDLE as HKL,
  HANDLE as HLOCAL,
  HANDLE as HMENU,
  HANDLE as HMETAFILE,
  HANDLE as HMODULE,
  HANDLE as HMONITOR,
  HANDLE as HPALETTE,
  HANDLE as HPEN,
  HANDLE as HRGN,
  HANDLE as HRSRC,
  HANDLE as HSTR,
  HANDLE as HTASK,
  HANDLE as HWINSTA,
  HANDLE as HWND,
  HANDLE as SC_HANDLE,
  HANDLE as SERVICE_STATUS_HANDLE,
};

// -- Structures ------------------------------------------------------------------------------------

export class RECT extends Structure({ left: LONG, top: LONG, right: LONG, bottom: LONG }) {}
export class SMALL_RECT extends Structure({ Left: SHORT, Top: SHORT, Right: SHORT, Bottom: SHORT }) {}
export class _COORD extends Structure({ X: SHORT, Y: SHORT }) {}
export class POINT extends Structure({ x: LONG, y: LONG }) {}
export class SIZE extends Structure({ cx: LONG, cy: LONG }) {}
/** Intervals of 100 ns since 1601, in two halves. */
export class FILETIME extends Structure({ dwLowDateTime: DWORD, dwHighDateTime: DWORD }) {}
export class MSG extends Structure({
  hWnd: HANDLE,
  message: UINT,
  wParam: WPARAM,
  lParam: LPARAM,
  time: DWORD,
  pt: POINT,
}) {}

/** The length of a path, its NUL included. */
export const MAX_PATH = 260;

const foundFile = {
  dwFileAttributes: DWORD,
  ftCreationTime: FILETIME,
  ftLastAccessTime: FILETIME,
  ftLastWriteTime: FILETIME,
  nFileSizeHigh: DWORD,
  nFileSizeLow: DWORD,
  dwReserved0: DWORD,
  dwReserved1: DWORD,
};
export class WIN32_FIND_DATAA extends Structure({
  ...foundFile,
  cFileName: ARRAY(CHAR, MAX_PATH),
  cAlternateFileName: ARRAY(CHAR, 14),
}) {}
export class WIN32_FIND_DATAW extends Structure({
  ...foundFile,
  cFileName: ARRAY(WCHAR, MAX_PATH),
  cAlternateFileName: ARRAY(WCHAR, 14),
}) {}

nameClasses({ VARIANT_BOOL, RECT, SMALL_RECT, _COORD, POINT, SIZE, FILETIME, MSG, WIN32_FIND_DATAA, WIN32_FIND_DATAW });

export {
  FILETIME as _FILETIME,
  MSG as tagMSG,
  POINT as _POINTL,
  POINT as POINTL,
  POINT as tagPOINT,
  RECT as _RECTL,
  RECT as RECTL,
  RECT as tagRECT,
  SIZE as SIZEL,
  SIZE as tagSIZE,
  SMALL_RECT as _SMALL_RECT,
};

/** A `COLORREF` of three bytes: `0x00bbggrr`. */
export function RGB(red: number, green: number, blue: number): number {
  return red + (green << 8) + (blue << 16);
}

// -- Pointers: one type under all the names that Windows has for it --------------------------------

export const PBOOL = POINTER(LONG);
export const PBYTE = POINTER(BYTE);
export const PCHAR = POINTER(CHAR);
export const PDWORD = POINTER(DWORD);
export const PFILETIME = POINTER(FILETIME);
export const PFLOAT = POINTER(FLOAT);
export const PHANDLE = POINTER(HANDLE);
export const PINT = POINTER(INT);
export const PLARGE_INTEGER = POINTER(LARGE_INTEGER);
export const PMSG = POINTER(MSG);
export const PPOINT = POINTER(POINT);
export const PRECT = POINTER(RECT);
export const PSHORT = POINTER(SHORT);
export const PSIZE = POINTER(SIZE);
export const PSMALL_RECT = POINTER(SMALL_RECT);
export const PUINT = POINTER(UINT);
export const PULARGE_INTEGER = POINTER(ULARGE_INTEGER);
export const PWCHAR = POINTER(WCHAR);
export const PWIN32_FIND_DATAA = POINTER(WIN32_FIND_DATAA);
export const PWIN32_FIND_DATAW = POINTER(WIN32_FIND_DATAW);
export const PWORD = POINTER(WORD);

export {
  PBOOL as LPBOOL,
  PBOOL as LPLONG,
  PBOOL as PLONG,
  PBYTE as LPBYTE,
  PBYTE as PBOOLEAN,
  PDWORD as LPCOLORREF,
  PDWORD as LPDWORD,
  PDWORD as PLCID,
  PDWORD as PULONG,
  PFILETIME as LPFILETIME,
  PHANDLE as LPHANDLE,
  PHANDLE as LPHKL,
  PHANDLE as LPSC_HANDLE,
  PHANDLE as PHKEY,
  PINT as LPINT,
  PMSG as LPMSG,
  PPOINT as LPPOINT,
  PPOINT as PPOINTL,
  PRECT as LPRECT,
  PRECT as LPRECTL,
  PRECT as PRECTL,
  PSIZE as LPSIZE,
  PSIZE as LPSIZEL,
  PSIZE as PSIZEL,
  PUINT as LPUINT,
  PWIN32_FIND_DATAA as LPWIN32_FIND_DATAA,
  PWIN32_FIND_DATAW as LPWIN32_FIND_DATAW,
  PWORD as LPWORD,
  PWORD as PUSHORT,
};
