/**
 * What a module is made of.
 */
import type { ConstantDeclaration, ExpressionDeclaration, TypeDeclaration } from "../ir.ts";
import type { Ordered } from "../order.ts";
import type { LibraryUse } from "../symbols.ts";

export interface ModuleText {
  /** What the header comment says, line by line. */
  readonly title: readonly string[];
  readonly types: readonly Ordered[];
  readonly constants: readonly ConstantDeclaration[];
  readonly libraries: readonly LibraryUse[];
  readonly expressions: readonly ExpressionDeclaration[];
  readonly strip: readonly string[];
  /** Names of this module's types that other modules declare: module file → names. */
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** Types of other modules that this one exports as well. */
  readonly passedOn?: readonly TypeDeclaration[];
  /** What `ctypes-configure check` needs to ask C again. */
  readonly source: Readonly<Record<string, unknown>>;
}
