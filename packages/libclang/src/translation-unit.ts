/**
 * Parsed files, and the index they belong to.
 */
import { ARRAY, byref, c_char_p, memmove, type Pointer, sizeof } from "ctypes-js";
import { CodeCompletionResults } from "./completion.ts";
import { LibclangError, lib, text } from "./config.ts";
import { Cursor, tokensOf } from "./cursor.ts";
import { Diagnostic } from "./diagnostic.ts";
import { File, SourceLocation, SourceRange } from "./location.ts";
import { type Path, pathOf } from "./path.ts";
import {
  CXInclusionVisitor,
  type CXIndexImpl,
  CXSourceLocation,
  type CXTranslationUnitImpl,
  CXUnsavedFile,
} from "./structures.ts";
import type { Token } from "./token.ts";
import { Ownership, type Unit } from "./unit.ts";

/** A file that could not be parsed or read at all. Errors in the source are diagnostics. */
export class TranslationUnitLoadError extends Error {
  override readonly name = "TranslationUnitLoadError";
}

export class TranslationUnitSaveError extends Error {
  override readonly name = "TranslationUnitSaveError";
  static readonly ERROR_UNKNOWN = 1;
  static readonly ERROR_TRANSLATION_ERRORS = 2;
  static readonly ERROR_INVALID_TU = 3;
  readonly save_error: number;
  constructor(save_error: number, message: string) {
    super(message);
    this.save_error = save_error;
  }
}

/** A file that need not exist: its name and its contents. */
export type UnsavedFile = readonly [name: Path, contents: string | Uint8Array];

/** Owns what several translation units share. */
export class Index {
  readonly #owned: Ownership<Pointer<CXIndexImpl>>;

  private constructor(pointer: Pointer<CXIndexImpl>) {
    this.#owned = new Ownership(this, "the index", pointer, (raw) => lib().clang_disposeIndex(raw));
  }

  /** @throws LibclangError when there is no libclang. */
  static create(excludeDeclarations = false): Index {
    const raw = lib().clang_createIndex(excludeDeclarations ? 1 : 0, 0);
    if (raw === null) throw new LibclangError("Index.create(): libclang could not create an index");
    return new Index(raw);
  }

  get pointer(): Pointer<CXIndexImpl> {
    return this.#owned.pointer;
  }
  /** A translation unit that was saved. @throws TranslationUnitLoadError */
  read(path: Path): TranslationUnit {
    return TranslationUnit.from_ast_file(path, this);
  }
  /** @throws TranslationUnitLoadError */
  parse(
    path: Path | null,
    args: readonly string[] = [],
    unsaved: readonly UnsavedFile[] = [],
    options = 0,
  ): TranslationUnit {
    return TranslationUnit.from_source(path, args, unsaved, options, this);
  }
  dispose(): void {
    this.#owned.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** One `#include`: the including and the included file, the place, and the depth. */
export class FileInclusion {
  readonly source: File | null;
  readonly include: File;
  readonly location: SourceLocation;
  readonly depth: number;
  constructor(source: File | null, include: File, location: SourceLocation, depth: number) {
    this.source = source;
    this.include = include;
    this.location = location;
    this.depth = depth;
  }
  /** Whether this is the file that was parsed. */
  get is_input_file(): boolean {
    return this.depth === 0;
  }
}

/** A parsed file with all it includes. */
export class TranslationUnit implements Unit {
  static readonly PARSE_NONE = 0;
  static readonly PARSE_DETAILED_PROCESSING_RECORD = 1;
  static readonly PARSE_INCOMPLETE = 2;
  static readonly PARSE_PRECOMPILED_PREAMBLE = 4;
  static readonly PARSE_CACHE_COMPLETION_RESULTS = 8;
  static readonly PARSE_SKIP_FUNCTION_BODIES = 64;
  static readonly PARSE_INCLUDE_BRIEF_COMMENTS_IN_CODE_COMPLETION = 128;
  static readonly PARSE_KEEP_GOING = 512;

  readonly index: Index;
  readonly #owned: Ownership<Pointer<CXTranslationUnitImpl>>;

  private constructor(pointer: Pointer<CXTranslationUnitImpl>, index: Index) {
    this.index = index;
    // The index must outlive its units: the release function keeps it alive.
    this.#owned = new Ownership(this, "the translation unit", pointer, (raw) => {
      lib().clang_disposeTranslationUnit(raw);
      void index;
    });
  }

  /** Parses a source. `path` may be null when the arguments name it. @throws TranslationUnitLoadError */
  static from_source(
    path: Path | null,
    args: readonly string[] = [],
    unsaved: readonly UnsavedFile[] = [],
    options = 0,
    index: Index = Index.create(),
  ): TranslationUnit {
    const [argv, files] = [textsOf(args), unsavedFilesOf(unsaved)];
    const name = path === null ? null : pathOf(path);
    const raw = lib().clang_parseTranslationUnit(
      index.pointer,
      name,
      argv,
      args.length,
      files,
      unsaved.length,
      options,
    );
    if (raw === null) throw new TranslationUnitLoadError(`${name ?? args.join(" ")}: libclang cannot parse it`);
    return new TranslationUnit(raw, index);
  }

  /** Reads a translation unit that was saved. @throws TranslationUnitLoadError */
  static from_ast_file(path: Path, index: Index = Index.create()): TranslationUnit {
    const raw = lib().clang_createTranslationUnit(index.pointer, pathOf(path));
    if (raw === null) throw new TranslationUnitLoadError(`${pathOf(path)}: libclang cannot read it`);
    return new TranslationUnit(raw, index);
  }

  get pointer(): Pointer<CXTranslationUnitImpl> {
    return this.#owned.pointer;
  }
  /** The whole file. */
  get cursor(): Cursor {
    return new Cursor(lib().clang_getTranslationUnitCursor(this.pointer), this);
  }
  get spelling(): string {
    return text(lib().clang_getTranslationUnitSpelling(this.pointer));
  }
  get diagnostics(): Diagnostic[] {
    const count = lib().clang_getNumDiagnostics(this.pointer);
    return Array.from({ length: count }, (_, i) => {
      const raw = lib().clang_getDiagnostic(this.pointer, i);
      if (raw === null) throw new RangeError(`TranslationUnit.diagnostics: there is no diagnostic ${i}`);
      return new Diagnostic(raw, this);
    });
  }

  /** All inclusions, without the file itself. */
  get_includes(): FileInclusion[] {
    const found: FileInclusion[] = [];
    const visit = new CXInclusionVisitor((file, stack, depth) => {
      if (file === null || depth === 0 || stack === null) return;
      // The list of places is libclang's: valid during this call.
      const copy = new CXSourceLocation();
      memmove(byref(copy), stack, sizeof(CXSourceLocation));
      const location = new SourceLocation(copy, this);
      found.push(new FileInclusion(location.file, new File(file, this), location, depth));
    });
    try {
      lib().clang_getInclusions(this.pointer, visit, null);
    } finally {
      visit.dispose();
    }
    return found;
  }

  /** @throws RangeError when the unit has not read such a file. */
  get_file(name: Path): File {
    return File.from_name(this, name);
  }
  /** A place, given by its offset, or by its line and column. */
  get_location(file: Path, position: number | readonly [line: number, column: number]): SourceLocation {
    const of = this.get_file(file);
    return typeof position === "number"
      ? SourceLocation.from_offset(this, of, position)
      : SourceLocation.from_position(this, of, position[0], position[1]);
  }
  /** A range, given by two places in a file. */
  get_extent(
    file: Path,
    [start, end]: readonly [number | readonly [number, number], number | readonly [number, number]],
  ): SourceRange {
    return SourceRange.from_locations(this.get_location(file, start), this.get_location(file, end), this);
  }
  get_tokens(extent: SourceRange): Token<Cursor>[] {
    return tokensOf(this, extent);
  }

  /** Parses the file again, after it or an unsaved one changed. @throws TranslationUnitLoadError */
  reparse(unsaved: readonly UnsavedFile[] = [], options = 0): void {
    const status = lib().clang_reparseTranslationUnit(this.pointer, unsaved.length, unsavedFilesOf(unsaved), options);
    if (status !== 0) throw new TranslationUnitLoadError(`${this.spelling}: libclang cannot reparse it (${status})`);
  }
  /** Writes the unit to a file, for `from_ast_file`. @throws TranslationUnitSaveError */
  save(path: Path): void {
    const name = pathOf(path);
    const status = lib().clang_saveTranslationUnit(this.pointer, name, lib().clang_defaultSaveOptions(this.pointer));
    if (status !== 0)
      throw new TranslationUnitSaveError(status, `${name}: the translation unit was not saved (${status})`);
  }
  /** What could be inserted at a place; null when libclang has no answer. */
  codeComplete(
    path: Path,
    line: number,
    column: number,
    unsaved: readonly UnsavedFile[] = [],
    { include_macros = false, include_code_patterns = false, include_brief_comments = false } = {},
  ): CodeCompletionResults | null {
    const options = (include_macros ? 1 : 0) | (include_code_patterns ? 2 : 0) | (include_brief_comments ? 4 : 0);
    const files = unsavedFilesOf(unsaved);
    const raw = lib().clang_codeCompleteAt(this.pointer, pathOf(path), line, column, files, unsaved.length, options);
    return raw === null ? null : new CodeCompletionResults(raw, this);
  }

  dispose(): void {
    this.#owned.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

// -- Private ---------------------------------------------------------------------------------------

function textsOf(texts: readonly string[]) {
  return texts.length === 0 ? null : new (ARRAY(c_char_p, texts.length))(...texts);
}

function unsavedFilesOf(files: readonly UnsavedFile[]) {
  if (files.length === 0) return null;
  const records = files.map(([name, contents]) => {
    const bytes = Buffer.from(contents);
    return { Filename: pathOf(name), Contents: Buffer.concat([bytes, ZERO]), Length: bytes.length };
  });
  return new (ARRAY(CXUnsavedFile, files.length))(...records);
}

const ZERO = Buffer.alloc(1);
