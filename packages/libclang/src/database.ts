/**
 * Compilation databases (`compile_commands.json`): how each file of a project is compiled.
 */
import { byref, c_int, type Pointer } from "ctypes-js";
import { lib, text } from "./config.ts";
import { type Path, pathOf } from "./path.ts";
import type { CXCompilationDatabaseImpl, CXCompileCommandImpl, CXCompileCommandsImpl } from "./structures.ts";
import { Ownership } from "./unit.ts";

/** A folder has no compilation database, or an unreadable one. */
export class CompilationDatabaseError extends Error {
  override readonly name = "CompilationDatabaseError";
  static readonly ERROR_UNKNOWN = 0;
  static readonly ERROR_CANNOTLOADDATABASE = 1;
  readonly cdb_error: number;
  constructor(cdb_error: number, message: string) {
    super(message);
    this.cdb_error = cdb_error;
  }
}

/** How one file is compiled. */
export class CompileCommand {
  readonly #raw: Pointer<CXCompileCommandImpl>;
  readonly #commands: object;

  /** @internal It is valid as long as `commands`, which it keeps alive. */
  constructor(raw: Pointer<CXCompileCommandImpl>, commands: object) {
    this.#raw = raw;
    this.#commands = commands;
  }

  get directory(): string {
    return text(lib().clang_CompileCommand_getDirectory(this.#raw));
  }
  get filename(): string {
    return text(lib().clang_CompileCommand_getFilename(this.#raw));
  }
  /** The first is the compiler. */
  get arguments(): string[] {
    const count = lib().clang_CompileCommand_getNumArgs(this.#raw);
    return Array.from({ length: count }, (_, i) => text(lib().clang_CompileCommand_getArg(this.#raw, i)));
  }
  /** The list that it belongs to. */
  get commands(): object {
    return this.#commands;
  }
}

/** A list of commands. */
export class CompileCommands implements Iterable<CompileCommand> {
  readonly #owned: Ownership<Pointer<CXCompileCommandsImpl>>;

  /** @internal Made by the database. */
  constructor(pointer: Pointer<CXCompileCommandsImpl>) {
    this.#owned = new Ownership(this, "the list of commands", pointer, (raw) =>
      lib().clang_CompileCommands_dispose(raw),
    );
  }

  get length(): number {
    return lib().clang_CompileCommands_getSize(this.#owned.pointer);
  }
  /** @throws RangeError after the last command. */
  at(index: number): CompileCommand {
    const raw = lib().clang_CompileCommands_getCommand(this.#owned.pointer, index);
    if (raw === null) throw new RangeError(`CompileCommands: there is no command ${index}; there are ${this.length}`);
    return new CompileCommand(raw, this);
  }
  *[Symbol.iterator](): Generator<CompileCommand> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

export class CompilationDatabase {
  readonly #owned: Ownership<Pointer<CXCompilationDatabaseImpl>>;

  private constructor(pointer: Pointer<CXCompilationDatabaseImpl>) {
    this.#owned = new Ownership(this, "the compilation database", pointer, (raw) =>
      lib().clang_CompilationDatabase_dispose(raw),
    );
  }

  /** @throws CompilationDatabaseError when the folder has none. */
  static fromDirectory(folder: Path): CompilationDatabase {
    const status = new c_int();
    const raw = lib().clang_CompilationDatabase_fromDirectory(pathOf(folder), byref(status));
    if (raw === null) {
      throw new CompilationDatabaseError(
        status.value,
        `${pathOf(folder)}: there is no compilation database that can be loaded`,
      );
    }
    return new CompilationDatabase(raw);
  }

  /** How a file is compiled; null for a file that the database does not list. */
  getCompileCommands(file: Path): CompileCommands | null {
    const raw = lib().clang_CompilationDatabase_getCompileCommands(this.#owned.pointer, pathOf(file));
    return raw === null ? null : new CompileCommands(raw);
  }
  getAllCompileCommands(): CompileCommands | null {
    const raw = lib().clang_CompilationDatabase_getAllCompileCommands(this.#owned.pointer);
    return raw === null ? null : new CompileCommands(raw);
  }
  dispose(): void {
    this.#owned.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}
