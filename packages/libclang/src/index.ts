/**
 * The face of libclang: nothing but re-exports.
 */
export {
  CodeCompletionResult,
  CodeCompletionResults,
  CompletionChunk,
  CompletionString,
} from "./completion.ts";
export { Config, LibclangError } from "./config.ts";
export { Cursor, Type } from "./cursor.ts";
export { CompilationDatabase, CompilationDatabaseError, CompileCommand, CompileCommands } from "./database.ts";
export { Diagnostic, FixIt } from "./diagnostic.ts";
export {
  AccessSpecifier,
  AvailabilityKind,
  ChunkKind,
  CursorKind,
  ExceptionSpecificationKind,
  Kind,
  LinkageKind,
  RefQualifierKind,
  StorageClass,
  TemplateArgumentKind,
  TLSKind,
  TokenKind,
  TypeKind,
} from "./kinds.ts";
export { File, SourceLocation, SourceRange } from "./location.ts";
export type { Path } from "./path.ts";
export { Token } from "./token.ts";
export {
  FileInclusion,
  Index,
  TranslationUnit,
  TranslationUnitLoadError,
  TranslationUnitSaveError,
  type UnsavedFile,
} from "./translation-unit.ts";
export { clang_version, functions } from "./version.ts";
