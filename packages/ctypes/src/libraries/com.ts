/**
 * COM: errors of methods whose interface is known, and copies of pointers to interfaces. The methods themselves are
 * made in `calls/method.ts`.
 */
import { rawffi } from "rawffi";
import { CFUNCTYPE, method } from "../calls/function.ts";
import { located, reaching } from "../memory/errors.ts";
import { userSpace } from "../memory/memory.ts";
import { ARRAY } from "../types/array.ts";
import type { CData } from "../types/cdata.ts";
import type { AnyPointer, Data } from "../types/inference.ts";
import { byref, POINTER } from "../types/pointer.ts";
import { toPointer } from "../types/pointerkinds.ts";
import { type PointerLike, wstring_at } from "../types/raw.ts";
import { Structure } from "../types/structure.ts";
import { c_int32, c_ubyte, c_uint16, c_uint32, c_void_p, c_wchar_p } from "../types/types.ts";
import { CDLL } from "./cdll.ts";
import { COMError, type ComDetails } from "./comerror.ts";

/** The error for a method that returned this code: with what its object says, if that supports it for the interface. */
export function comError(hresult: number, text: string, self: CData, iid: CData): COMError {
  return new COMError(hresult, text, detailsOf(self, iid) ?? [null, null, null, null, null]);
}

/**
 * Copies a pointer to an interface, and counts the new reference; the one that was in `target` before is not released.
 * Gives 0, or `E_POINTER` where `target` is NULL.
 *
 *     const copy = new c_void_p();
 *     CopyComPointer(null, byref(copy));   // 0
 */
export function CopyComPointer(source: Data | AnyPointer | null, target: PointerLike): number {
  return located("CopyComPointer()", () => {
    const interface_ = toPointer(source);
    const place = toPointer(target);
    if (place === 0) return E_POINTER;
    if (interface_ !== 0) methods().addRef(source as Data);
    reaching("CopyComPointer()", () => rawffi.access.setAddress(userSpace(place), interface_));
    return 0;
  });
}

// -- Private ---------------------------------------------------------------------------------------

const E_POINTER = -2147467261;

let made: ReturnType<typeof makeMethods> | undefined;
function methods(): ReturnType<typeof makeMethods> {
  return (made ??= makeMethods());
}

/** By their places in the tables of IUnknown, ISupportErrorInfo and IErrorInfo. */
function makeMethods() {
  const count = CFUNCTYPE(c_uint32);
  const text = CFUNCTYPE(c_int32, POINTER(c_void_p));
  return {
    queryInterface: method(CFUNCTYPE(c_int32, c_void_p, POINTER(c_void_p)), 0, "QueryInterface"),
    addRef: method(count, 1, "AddRef"),
    release: method(count, 2, "Release"),
    supportsErrorInfo: method(CFUNCTYPE(c_int32, c_void_p), 3, "InterfaceSupportsErrorInfo"),
    getGuid: method(CFUNCTYPE(c_int32, c_void_p), 3, "GetGUID"),
    texts: [method(text, 5, "GetDescription"), method(text, 4, "GetSource"), method(text, 6, "GetHelpFile")],
    getHelpContext: method(CFUNCTYPE(c_int32, POINTER(c_uint32)), 7, "GetHelpContext"),
  };
}

let opened: ReturnType<typeof openLibraries> | undefined;
function libraries(): ReturnType<typeof openLibraries> {
  return (opened ??= openLibraries());
}

function openLibraries() {
  const { CLSIDFromString, ProgIDFromCLSID, CoTaskMemFree } = new CDLL("ole32.dll", {
    CLSIDFromString: CFUNCTYPE(c_int32, c_wchar_p, c_void_p),
    ProgIDFromCLSID: CFUNCTYPE(c_int32, c_void_p, POINTER(c_void_p)),
    CoTaskMemFree: CFUNCTYPE(null, c_void_p),
  });
  const { GetErrorInfo, SysFreeString } = new CDLL("oleaut32.dll", {
    GetErrorInfo: CFUNCTYPE(c_int32, c_uint32, POINTER(c_void_p)),
    SysFreeString: CFUNCTYPE(null, c_void_p),
  });
  class Identifier extends Structure({ first: c_uint32, second: c_uint16, third: c_uint16, rest: ARRAY(c_ubyte, 8) }) {}
  const supportsErrorInfo = new Identifier();
  CLSIDFromString("{DF0B3D60-548F-101B-8E65-08002B2BD119}", byref(supportsErrorInfo));
  return { ProgIDFromCLSID, CoTaskMemFree, GetErrorInfo, SysFreeString, Identifier, supportsErrorInfo };
}

function detailsOf(self: CData, iid: CData): ComDetails | null {
  const { queryInterface, supportsErrorInfo, release } = methods();
  const { GetErrorInfo, supportsErrorInfo: identifier } = libraries();
  const support = new c_void_p();
  if (queryInterface(self as never, byref(identifier), byref(support)) !== 0) return null;
  const supports = supportsErrorInfo(support, byref(iid as never)) === 0;
  release(support);
  const info = new c_void_p();
  if (!supports || GetErrorInfo(0, byref(info)) !== 0) return null;
  try {
    return readDetails(info);
  } finally {
    release(info);
  }
}

function readDetails(info: c_void_p): ComDetails {
  const { texts, getHelpContext, getGuid } = methods();
  const { SysFreeString, ProgIDFromCLSID, CoTaskMemFree, Identifier } = libraries();
  const [description = null, source = null, helpFile = null] = texts.map((get) =>
    takeText((place) => get(info, place), SysFreeString),
  );
  const context = new c_uint32();
  const helpContext = getHelpContext(info, byref(context)) === 0 ? context.value : null;
  const guid = new Identifier();
  const progID =
    getGuid(info, byref(guid)) === 0 ? takeText((place) => ProgIDFromCLSID(byref(guid), place), CoTaskMemFree) : null;
  return [description, source, helpFile, helpContext, progID];
}

/** The text whose address C stores; it is freed. */
function takeText(get: (place: ReturnType<typeof byref<c_void_p>>) => number, free: (text: c_void_p) => void) {
  const text = new c_void_p();
  if (get(byref(text)) !== 0 || text.value === null) return null;
  try {
    return wstring_at(text);
  } finally {
    free(text);
  }
}
