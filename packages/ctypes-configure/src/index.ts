/**
 * The face of ctypes-configure: nothing but re-exports.
 */

export { type Checked, check } from "./check/check.ts";
export type { Difference } from "./check/question.ts";
export { type Configuration, configure } from "./configure/configure.ts";
export { configured } from "./configure/module.ts";
export { type Generated, generate } from "./generate/generate.ts";
export type { GenerateOptions } from "./generate/options.ts";
export { HeaderError } from "./generate/parse.ts";
export { type GeneratedModule, type GeneratedModules, generatePerHeader } from "./generate/per-header.ts";
export type { GenerateConfig } from "./generate/serialised.ts";
export type { ShimOptions } from "./generate/shim/functions.ts";
export { CompilationError, NoCompilerError } from "./measure/compiler.ts";
export {
  ConstantDouble,
  ConstantInteger,
  ConstantString,
  Defined,
  DefinedConstantDouble,
  DefinedConstantInteger,
  DefinedConstantString,
  Enum,
  Has,
  InLibrary,
  IntegerFunctionResult,
  SimpleType_ as SimpleType,
  SizeOf,
  Struct,
  Union,
  Works,
} from "./measure/entries.ts";
export type { Conditional, Entry, FactOf, Hint, StructEntry, ValueOf } from "./measure/entry.ts";
export type { EnumFact, Integer, MemberFact, StructFact, TypeFact } from "./measure/facts.ts";
export { type Entries, type Facts, measure } from "./measure/measure.ts";
export type { Settings } from "./measure/settings.ts";
