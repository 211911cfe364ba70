/**
 * Files, places in them, and ranges of places.
 */
import { ARRAY, byref, c_uint, type Pointer } from "ctypes-js";
import { lib, text } from "./config.ts";
import { INSPECT } from "./kinds.ts";
import { type Path, pathOf } from "./path.ts";
import { CXFile, type CXFileImpl, type CXSourceLocation, type CXSourceRange } from "./structures.ts";
import type { Unit } from "./unit.ts";

/** A source or header file that a translation unit read. */
export class File {
  readonly raw: Pointer<CXFileImpl>;
  readonly #unit: Unit;

  constructor(raw: Pointer<CXFileImpl>, unit: Unit) {
    this.raw = raw;
    this.#unit = unit;
  }

  /** The file of that name in a translation unit. @throws RangeError when the unit has not read such a file. */
  static from_name(unit: Unit, name: Path): File {
    const path = pathOf(name);
    const raw = lib().clang_getFile(unit.pointer, path);
    if (raw === null)
      throw new RangeError(`File.from_name(): the translation unit has no file ${JSON.stringify(path)}`);
    return new File(raw, unit);
  }

  get name(): string {
    return text(lib().clang_getFileName(this.raw));
  }
  /** When it was last changed, in seconds since 1970. */
  get time(): number {
    return lib().clang_getFileTime(this.raw);
  }
  /** Whether including it twice has no effect. */
  get is_include_guarded(): boolean {
    return lib().clang_isFileMultipleIncludeGuarded(this.#unit.pointer, this.raw) !== 0;
  }
  toString(): string {
    return this.name;
  }
  [INSPECT](): string {
    return `<File: ${this.name}>`;
  }
}

interface Position {
  readonly file: File | null;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

const Files = ARRAY(CXFile, 1);

/** A place in a file: line and column count from 1, the offset from 0. */
export class SourceLocation {
  readonly raw: CXSourceLocation;
  readonly #unit: Unit;
  #position: Position | undefined;

  constructor(raw: CXSourceLocation, unit: Unit) {
    this.raw = raw;
    this.#unit = unit;
  }

  static from_position(unit: Unit, file: File, line: number, column: number): SourceLocation {
    return new SourceLocation(lib().clang_getLocation(unit.pointer, file.raw, line, column), unit);
  }
  static from_offset(unit: Unit, file: File, offset: number): SourceLocation {
    return new SourceLocation(lib().clang_getLocationForOffset(unit.pointer, file.raw, offset), unit);
  }

  /** Null where there is no file: for declarations built into the compiler. */
  get file(): File | null {
    return this.#where().file;
  }
  get line(): number {
    return this.#where().line;
  }
  get column(): number {
    return this.#where().column;
  }
  get offset(): number {
    return this.#where().offset;
  }
  get is_in_system_header(): boolean {
    return lib().clang_Location_isInSystemHeader(this.raw) !== 0;
  }
  equals(other: SourceLocation): boolean {
    return lib().clang_equalLocations(this.raw, other.raw) !== 0;
  }
  toString(): string {
    return `${this.file?.name ?? "<none>"}:${this.line}:${this.column}`;
  }
  [INSPECT](): string {
    const file = this.file === null ? "None" : `'${this.file.name}'`;
    return `<SourceLocation file ${file}, line ${this.line}, column ${this.column}>`;
  }

  #where(): Position {
    if (this.#position !== undefined) return this.#position;
    const file = new Files();
    const [line, column, offset] = [new c_uint(), new c_uint(), new c_uint()];
    lib().clang_getInstantiationLocation(this.raw, file, byref(line), byref(column), byref(offset));
    const raw = file.at(0);
    const found = raw === null ? null : new File(raw, this.#unit);
    this.#position = { file: found, line: line.value, column: column.value, offset: offset.value };
    return this.#position;
  }
}

/** From the first character to after the last one. */
export class SourceRange {
  readonly raw: CXSourceRange;
  readonly #unit: Unit;

  constructor(raw: CXSourceRange, unit: Unit) {
    this.raw = raw;
    this.#unit = unit;
  }

  static from_locations(start: SourceLocation, end: SourceLocation, unit: Unit): SourceRange {
    return new SourceRange(lib().clang_getRange(start.raw, end.raw), unit);
  }

  get start(): SourceLocation {
    return new SourceLocation(lib().clang_getRangeStart(this.raw), this.#unit);
  }
  get end(): SourceLocation {
    return new SourceLocation(lib().clang_getRangeEnd(this.raw), this.#unit);
  }
  equals(other: SourceRange): boolean {
    return lib().clang_equalRanges(this.raw, other.raw) !== 0;
  }
  /** Whether a place is in the range, which includes both ends. */
  contains(location: SourceLocation): boolean {
    const { start, end } = this;
    const file = location.file?.name;
    if (file === undefined || (start.file !== null && start.file.name !== file)) return false;
    return start.offset <= location.offset && location.offset <= end.offset;
  }
  toString(): string {
    return `${this.start} - ${this.end}`;
  }
}
