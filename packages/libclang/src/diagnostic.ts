/** The compiler's messages. */
import { byref, type Pointer } from "ctypes-js";
import { lib, text } from "./config.ts";
import { INSPECT } from "./kinds.ts";
import { SourceLocation, SourceRange } from "./location.ts";
import { type CXDiagnosticImpl, CXSourceRange, CXString } from "./structures.ts";
import { Ownership, type Unit } from "./unit.ts";

/** A replacement that would fix the problem. */
export class FixIt {
  readonly range: SourceRange;
  readonly value: string;
  constructor(range: SourceRange, value: string) {
    this.range = range;
    this.value = value;
  }
}

/** One message, with its place, ranges, fix-its and notes. */
export class Diagnostic {
  static readonly Ignored = 0;
  static readonly Note = 1;
  static readonly Warning = 2;
  static readonly Error = 3;
  static readonly Fatal = 4;

  static readonly DisplaySourceLocation = 0x01;
  static readonly DisplayColumn = 0x02;
  static readonly DisplaySourceRanges = 0x04;
  static readonly DisplayOption = 0x08;
  static readonly DisplayCategoryId = 0x10;
  static readonly DisplayCategoryName = 0x20;

  readonly #owned: Ownership<Pointer<CXDiagnosticImpl>>;
  readonly #unit: Unit;
  /** The diagnostic of which it is a child, and which owns its memory. */
  readonly parent: Diagnostic | null;

  /** @internal Made by translation units. */
  constructor(pointer: Pointer<CXDiagnosticImpl>, unit: Unit, parent: Diagnostic | null = null) {
    this.#unit = unit;
    this.parent = parent;
    this.#owned = new Ownership(this, "the diagnostic", pointer, (raw) => lib().clang_disposeDiagnostic(raw));
  }

  get severity(): number {
    return lib().clang_getDiagnosticSeverity(this.#owned.pointer);
  }
  get location(): SourceLocation {
    return new SourceLocation(lib().clang_getDiagnosticLocation(this.#owned.pointer), this.#unit);
  }
  get spelling(): string {
    return text(lib().clang_getDiagnosticSpelling(this.#owned.pointer));
  }
  get ranges(): SourceRange[] {
    const count = lib().clang_getDiagnosticNumRanges(this.#owned.pointer);
    return Array.from(
      { length: count },
      (_, i) => new SourceRange(lib().clang_getDiagnosticRange(this.#owned.pointer, i), this.#unit),
    );
  }
  get fixits(): FixIt[] {
    const count = lib().clang_getDiagnosticNumFixIts(this.#owned.pointer);
    return Array.from({ length: count }, (_, i) => {
      const range = new CXSourceRange();
      const value = text(lib().clang_getDiagnosticFixIt(this.#owned.pointer, i, byref(range)));
      return new FixIt(new SourceRange(range, this.#unit), value);
    });
  }
  /** The notes that belong to it. */
  get children(): Diagnostic[] {
    const set = lib().clang_getChildDiagnostics(this.#owned.pointer);
    if (set === null) return [];
    const count = lib().clang_getNumDiagnosticsInSet(set);
    return Array.from({ length: count }, (_, i) => {
      const child = lib().clang_getDiagnosticInSet(set, i);
      if (child === null) throw new RangeError(`Diagnostic.children: there is no child ${i}`);
      return new Diagnostic(child, this.#unit, this);
    });
  }
  get category_number(): number {
    return lib().clang_getDiagnosticCategory(this.#owned.pointer);
  }
  get category_name(): string {
    return text(lib().clang_getDiagnosticCategoryText(this.#owned.pointer));
  }
  /** The option that turned it on: "-Wunused". */
  get option(): string {
    return text(lib().clang_getDiagnosticOption(this.#owned.pointer, null));
  }
  /** The option that would turn it off. */
  get disable_option(): string {
    const disable = new CXString();
    lib().clang_disposeString(lib().clang_getDiagnosticOption(this.#owned.pointer, byref(disable)));
    return text(disable);
  }
  /** As the compiler would print it. `options`: constants such as {@link Diagnostic.DisplayColumn}, or-ed. */
  format(options: number = lib().clang_defaultDiagnosticDisplayOptions()): string {
    return text(lib().clang_formatDiagnostic(this.#owned.pointer, options));
  }
  toString(): string {
    return this.format();
  }
  [INSPECT](): string {
    const { severity, location, spelling } = this;
    return `<Diagnostic severity ${severity}, location ${location[INSPECT]()}, spelling ${JSON.stringify(spelling)}>`;
  }
  dispose(): void {
    this.#owned.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}
