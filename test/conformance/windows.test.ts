/**
 * What CPython tests on Windows alone: errors of the system, loading by its rules, methods of COM.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ARRAY,
  byref,
  CDLL,
  CFUNCTYPE,
  COMError,
  CopyComPointer,
  c_char_p,
  c_int,
  c_long,
  c_void_p,
  cast,
  FormatError,
  get_last_error,
  HRESULT,
  LibraryError,
  MemoryFaultError,
  method,
  NullPointerError,
  oledll,
  type ParamFlag,
  POINTER,
  Structure,
  set_last_error,
  WINFUNCTYPE,
  WinDLL,
  WindowsError,
  WinError,
  windll,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { BOOL, BYTE, DWORD, HANDLE, HWND, LPARAM, WORD } from "ctypes-js/wintypes";
import { compile, temporaryFolder } from "./compile.ts";
import { row } from "./row.ts";
import { isWindows, throws } from "./support.ts";

function windowsRow(file: string, cls: string, name: string, body: () => void): void {
  row(file, cls, name, body, !isWindows && "it is about Windows");
}

// -- Calls and errors --------------------------------------------------------------------------------

windowsRow("test_win32.py", "FunctionCallTestCase", "test_SEH", () => {
  const { strlen } = new CDLL("msvcrt.dll", { strlen: CFUNCTYPE(c_int, c_void_p, { guarded: true }) });
  throws(() => strlen(32), MemoryFaultError, /strlen/);
});

windowsRow("test_win32.py", "FunctionCallTestCase", "test_noargs", () => {
  assert.equal(typeof windll.user32!.GetDesktopWindow!(), "number");
});

windowsRow("test_win32.py", "TestWintypes", "test_COMError", () => {
  const details = ["descr", "source", "helpfile", 0, "progid"] as const;
  const error = new COMError(-1, "text", details);
  assert.deepEqual([error.hresult, error.text, error.details], [-1, "text", details]);
  assert.equal(error.name, "COMError");
  assert.ok(error instanceof Error && !(error instanceof WindowsError));
});

windowsRow("test_win32.py", "TestWinError", "test_winerror", () => {
  const invalid = 87;
  const text = FormatError(invalid).trim();
  assert.ok(text.length > 0);
  const kernel32 = new WinDLL("kernel32", { SetLastError: WINFUNCTYPE(null, DWORD) }, { use_last_error: true });
  kernel32.SetLastError(invalid);
  for (const error of [WinError(invalid), WinError(get_last_error())]) {
    assert.ok(error instanceof WindowsError);
    assert.equal(error.winerror, invalid);
    assert.equal(error.message, `[WinError ${invalid}] ${text}`);
  }
});

windowsRow("test_errno.py", "Test", "test_GetLastError", () => {
  const { GetModuleHandleW } = new WinDLL("kernel32", null, { use_last_error: true });
  assert.ok(GetModuleHandleW !== undefined);
  assert.equal(GetModuleHandleW(Buffer.from("no such module\0", "utf16le")), 0);
  assert.equal(get_last_error(), 126);
  assert.equal(set_last_error(32), 126);
  assert.equal(get_last_error(), 32);
});

windowsRow("test_checkretval.py", "Test", "test_oledll", () => {
  throws(() => oledll.oleaut32!.CreateTypeLib2!(0, null, null), WindowsError);
});

windowsRow("test_callbacks.py", "SampleCallbacksTestCase", "test_issue_8959_b", () => {
  const Visit = WINFUNCTYPE(BOOL, HWND, LPARAM);
  const { EnumWindows } = new WinDLL("user32", { EnumWindows: WINFUNCTYPE(BOOL, Visit, LPARAM) });
  let count = 0;
  const visit = new Visit((window, given) => {
    assert.ok(window === null || typeof window === "number");
    assert.equal(given, 7);
    count++;
    return 1;
  });
  assert.ok(EnumWindows(visit, 7));
  assert.ok(count >= 0);
});

windowsRow("test_random_things.py", "call_function_TestCase", "test", () => {
  const { LoadLibraryA, FreeLibrary, GetProcAddress } = new WinDLL("kernel32", {
    LoadLibraryA: WINFUNCTYPE(HANDLE, c_char_p),
    FreeLibrary: WINFUNCTYPE(BOOL, HANDLE),
    GetProcAddress: WINFUNCTYPE(c_void_p, HANDLE, c_char_p),
  });
  const handle = LoadLibraryA("kernel32");
  assert.ok(handle);
  const address = GetProcAddress(handle, "GetModuleHandleA");
  assert.ok(address);
  const getModuleHandle = new (WINFUNCTYPE(HANDLE, c_char_p))(address);
  assert.equal(getModuleHandle("kernel32"), handle);
  assert.ok(FreeLibrary(handle));
});

// -- Loading -----------------------------------------------------------------------------------------

windowsRow("test_loading.py", "LoaderTest", "test_load_library", () => {
  assert.match(find_library("kernel32") ?? "", /kernel32\.dll$/i);
  for (const library of [windll.kernel32, windll.LoadLibrary("kernel32"), new WinDLL("kernel32")])
    assert.equal(typeof library!.GetModuleHandleW, "function");
  assert.equal(windll.kernel32, Reflect.get(windll, "kernel32"));
  throws(() => windll.LoadLibrary("kernel32\0"), TypeError, /without NUL characters/);
});

windowsRow("test_loading.py", "LoaderTest", "test_load_ordinal_functions", () => {
  const path = compile(temporaryFolder(), "only.dll", "int only(void) { return 42; }");
  const library = new WinDLL(path);
  const addressOf = (func: unknown) => cast(func as never, c_void_p).value;
  assert.equal(addressOf(library["#1"]), addressOf(library.only));
  assert.equal(library["#1"]!(), 42);
  throws(() => library["#1234"], LibraryError, /no symbol '#1234'/);
});

windowsRow("test_loading.py", "LoaderTest", "test_1703286_A", () => {
  new WinDLL("advapi32").close();
});

windowsRow("test_loading.py", "LoaderTest", "test_1703286_B", () => {
  const advapi32 = new WinDLL("advapi32");
  assert.equal(advapi32.CloseEventLog!(null), 0);
  const { GetProcAddress } = new WinDLL("kernel32", { GetProcAddress: WINFUNCTYPE(c_void_p, c_void_p, c_char_p) });
  const address = GetProcAddress(advapi32._handle, "CloseEventLog");
  assert.ok(address);
  assert.equal(new (WINFUNCTYPE(BOOL, HANDLE))(address)(null), 0);
});

windowsRow("test_loading.py", "LoaderTest", "test_load_hasattr", () => {
  assert.equal("test" in windll, false);
  throws(() => windll.test, LibraryError, /^test: /);
});

windowsRow("test_loading.py", "LoaderTest", "test_load_dll_with_flags", () => {
  const [SYSTEM32, DLL_LOAD_DIR] = [0x800, 0x100];
  const folder = temporaryFolder();
  const base = `conformance_base${process.pid}.dll`;
  compile(folder, base, "int base(void) { return 41; }");
  const source = "__declspec(dllimport) int base(void); int more(void) { return base() + 1; }";
  const path = compile(folder, "more.dll", source, [join(folder, base)]);
  throws(() => new WinDLL("more.dll"), LibraryError);
  throws(() => new WinDLL(path, null, { mode: SYSTEM32 }), LibraryError);
  assert.equal(new WinDLL(path, null, { mode: SYSTEM32 | DLL_LOAD_DIR }).more!(), 42);
});

// -- COM ---------------------------------------------------------------------------------------------

const E_NOINTERFACE = -2147467262;

class GUID extends Structure({ Data1: DWORD, Data2: WORD, Data3: WORD, Data4: ARRAY(BYTE, 8) }) {}

type Interface = c_void_p;

/** The methods, their flags and whether errors say what the object knows. */
function methodsOf(flags: readonly ParamFlag[] | null, isKnown: boolean) {
  const identifier = (text: string) => (isKnown ? guid(text) : null);
  const query = WINFUNCTYPE(HRESULT, POINTER(GUID), POINTER(c_void_p));
  return {
    QueryInterface: method(query, 0, "QueryInterface", null, identifier(IUNKNOWN)),
    AddRef: method(WINFUNCTYPE(c_long), 1, "AddRef"),
    Release: method(WINFUNCTYPE(c_long), 2, "Release"),
    GetClassID: method(WINFUNCTYPE(HRESULT, POINTER(GUID)), 3, "GetClassID", flags, identifier(IPERSIST)),
  };
}

const IUNKNOWN = "{00000000-0000-0000-C000-000000000046}";
const ISTREAM = "{0000000C-0000-0000-C000-000000000046}";
// IPersistFile, which begins as IPersist does: the shell links of Wine have that one alone.
const IPERSIST = "{0000010B-0000-0000-C000-000000000046}";
const SHELL_LINK = "{00021401-0000-0000-C000-000000000046}";
const OUT: readonly ParamFlag[] = [[2, "pClassID"]];

function guid(text: string): GUID {
  const made = new GUID();
  oledll.ole32!.CLSIDFromString!(Buffer.from(`${text}\0`, "utf16le"), byref(made));
  return made;
}

function isShellLink(found: unknown): boolean {
  const isEqual = new WinDLL("ole32").IsEqualGUID!;
  return isEqual(byref(guid(SHELL_LINK)), byref(found as GUID)) === 1;
}

function shellLink(): Interface {
  const made = new c_void_p();
  const persist = byref(guid(IPERSIST));
  oledll.ole32!.CoCreateInstance!(byref(guid(SHELL_LINK)), null, new c_int(5), persist, byref(made));
  return made;
}

function comRow(cls: string, name: string, body: () => void): void {
  windowsRow("test_win32_com_foreign_func.py", cls, name, () => {
    oledll.ole32!.CoInitializeEx!(null, new c_int(2));
    try {
      body();
    } finally {
      new WinDLL("ole32").CoUninitialize!();
    }
  });
}

const METHODS = "ForeignFunctionsThatWillCallComMethodsTests";

comRow(METHODS, "test_without_paramflags_and_iid", () => {
  const { QueryInterface, AddRef, Release, GetClassID } = methodsOf(null, false);
  const link = shellLink();
  const found = new GUID();
  assert.equal(GetClassID(link, byref(found)), 0);
  assert.ok(isShellLink(found));
  assert.deepEqual([AddRef(link), AddRef(link)], [2, 3]);
  const unknown = new c_void_p();
  assert.equal(QueryInterface(link, guid(IUNKNOWN), unknown), 0);
  assert.equal(Release(unknown), 3);
  const error = throws(() => QueryInterface(unknown, guid(ISTREAM), new c_void_p()), WindowsError);
  assert.equal((error as WindowsError).winerror, E_NOINTERFACE);
  assert.deepEqual([Release(link), Release(link), Release(link)], [2, 1, 0]);
});

comRow(METHODS, "test_with_paramflags_and_without_iid", () => {
  const { QueryInterface, Release, GetClassID } = methodsOf(OUT, false);
  const link = shellLink();
  assert.ok(isShellLink(GetClassID(link)));
  const unknown = new c_void_p();
  assert.equal(QueryInterface(link, guid(IUNKNOWN), unknown), 0);
  assert.equal(Release(unknown), 1);
  const error = throws(() => QueryInterface(link, guid(ISTREAM), new c_void_p()), WindowsError);
  assert.equal((error as WindowsError).winerror, E_NOINTERFACE);
  assert.equal(Release(link), 0);
});

comRow(METHODS, "test_with_paramflags_and_iid", () => {
  const { QueryInterface, Release, GetClassID } = methodsOf(OUT, true);
  const link = shellLink();
  assert.ok(isShellLink(GetClassID(link)));
  const error = throws(() => QueryInterface(link, guid(ISTREAM), new c_void_p()), COMError);
  assert.equal((error as COMError).hresult, E_NOINTERFACE);
  assert.equal(Release(link), 0);
});

const COPIES = "CopyComPointerTests";

comRow(COPIES, "test_both_are_null", () => {
  const [source, target] = [new c_void_p(), new c_void_p()];
  assert.equal(CopyComPointer(source, byref(target)), 0);
  assert.deepEqual([source.value, target.value], [null, null]);
});

comRow(COPIES, "test_src_is_nonnull_and_dest_is_null", () => {
  const { Release, GetClassID } = methodsOf(OUT, true);
  const [source, target] = [shellLink(), new c_void_p()];
  assert.equal(CopyComPointer(source, byref(target)), 0);
  assert.equal(target.value, source.value);
  assert.equal(Release(source), 1);
  assert.ok(isShellLink(GetClassID(target)));
  assert.equal(Release(target), 0);
});

comRow(COPIES, "test_src_is_null_and_dest_is_nonnull", () => {
  const { Release, GetClassID } = methodsOf(OUT, true);
  const [original, target] = [shellLink(), new c_void_p()];
  CopyComPointer(original, byref(target));
  assert.equal(Release(original), 1);
  assert.equal(CopyComPointer(new c_void_p(), byref(target)), 0);
  assert.equal(target.value, null);
  throws(() => GetClassID(target), NullPointerError, "GetClassID(): the interface is NULL");
  assert.equal(Release(original), 0);
});

comRow(COPIES, "test_both_are_nonnull", () => {
  const { Release, GetClassID } = methodsOf(OUT, true);
  const [source, original, target] = [shellLink(), shellLink(), new c_void_p()];
  CopyComPointer(original, byref(target));
  assert.equal(Release(original), 1);
  assert.equal(CopyComPointer(source, byref(target)), 0);
  assert.equal(target.value, source.value);
  assert.notEqual(target.value, original.value);
  assert.equal(Release(source), 1);
  assert.ok(isShellLink(GetClassID(target)));
  assert.deepEqual([Release(target), Release(original)], [0, 0]);
});
