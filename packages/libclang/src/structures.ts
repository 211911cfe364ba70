/** The structures that libclang passes and returns by value, and its opaque handles. */
import { ARRAY, CFUNCTYPE, c_char_p, c_int, c_uint, c_ulong, c_void_p, Opaque, POINTER, Structure } from "ctypes-js";

export class CXString extends Structure({ data: c_void_p, private_flags: c_uint }) {}
export class CXCursor extends Structure({ kind: c_int, xdata: c_int, data: ARRAY(c_void_p, 3) }) {}
export class CXType extends Structure({ kind: c_int, data: ARRAY(c_void_p, 2) }) {}
export class CXSourceLocation extends Structure({ ptr_data: ARRAY(c_void_p, 2), int_data: c_uint }) {}
export class CXSourceRange extends Structure({
  ptr_data: ARRAY(c_void_p, 2),
  begin_int_data: c_uint,
  end_int_data: c_uint,
}) {}
export class CXToken extends Structure({ int_data: ARRAY(c_uint, 4), ptr_data: c_void_p }) {}
export class CXUnsavedFile extends Structure({ Filename: c_char_p, Contents: c_char_p, Length: c_ulong }) {}
export class CXCompletionResult extends Structure({ CursorKind: c_int, CompletionString: c_void_p }) {}
export class CXCodeCompleteResults extends Structure({
  Results: POINTER(CXCompletionResult),
  NumResults: c_uint,
}) {}

// -- Handles ---------------------------------------------------------------------------------------

export class CXIndexImpl extends Opaque("CXIndexImpl") {}
export class CXTranslationUnitImpl extends Opaque("CXTranslationUnitImpl") {}
export class CXFileImpl extends Opaque("CXFileImpl") {}
export class CXDiagnosticImpl extends Opaque("CXDiagnosticImpl") {}
export class CXDiagnosticSetImpl extends Opaque("CXDiagnosticSetImpl") {}
export class CXCompilationDatabaseImpl extends Opaque("CXCompilationDatabaseImpl") {}
export class CXCompileCommandsImpl extends Opaque("CXCompileCommandsImpl") {}
export class CXCompileCommandImpl extends Opaque("CXCompileCommandImpl") {}
export class CXEvalResultImpl extends Opaque("CXEvalResultImpl") {}

export const CXIndex = POINTER(CXIndexImpl);
export const CXTranslationUnit = POINTER(CXTranslationUnitImpl);
export const CXFile = POINTER(CXFileImpl);
export const CXDiagnostic = POINTER(CXDiagnosticImpl);
export const CXDiagnosticSet = POINTER(CXDiagnosticSetImpl);
export const CXCompilationDatabase = POINTER(CXCompilationDatabaseImpl);
export const CXCompileCommands = POINTER(CXCompileCommandsImpl);
export const CXCompileCommand = POINTER(CXCompileCommandImpl);
export const CXEvalResult = POINTER(CXEvalResultImpl);

// -- Callbacks -------------------------------------------------------------------------------------

/** Takes a child and its parent, both by value; returns how to go on. */
export const CXCursorVisitor = CFUNCTYPE(c_int, CXCursor, CXCursor, c_void_p);
export const CXFieldVisitor = CFUNCTYPE(c_int, CXCursor, c_void_p);
export const CXInclusionVisitor = CFUNCTYPE(null, CXFile, POINTER(CXSourceLocation), c_uint, c_void_p);
