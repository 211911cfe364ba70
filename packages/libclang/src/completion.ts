/** Code completion: what could be inserted at a place. */
import type { Pointer } from "ctypes-js";
import { lib, text } from "./config.ts";
import { Diagnostic } from "./diagnostic.ts";
import { AvailabilityKind, ChunkKind, CursorKind, type Kind } from "./kinds.ts";
import type { CXCodeCompleteResults } from "./structures.ts";
import { Ownership, type Unit } from "./unit.ts";

/** A piece of a completion. */
export class CompletionChunk {
  readonly #string: number;
  readonly #index: number;
  readonly #results: object;

  constructor(string: number, index: number, results: object) {
    this.#string = string;
    this.#index = index;
    this.#results = results;
  }

  get spelling(): string {
    return text(lib().clang_getCompletionChunkText(this.#string, this.#index));
  }
  get kind(): Kind {
    return ChunkKind.from_id(lib().clang_getCompletionChunkKind(this.#string, this.#index));
  }
  /** The completion that an optional chunk stands for. */
  get string(): CompletionString | null {
    const inner = lib().clang_getCompletionChunkCompletionString(this.#string, this.#index);
    return inner === null ? null : new CompletionString(inner, this.#results);
  }
  isKindOptional(): boolean {
    return this.kind === ChunkKind.Optional;
  }
  isKindTypedText(): boolean {
    return this.kind === ChunkKind.TypedText;
  }
  isKindPlaceHolder(): boolean {
    return this.kind === ChunkKind.Placeholder;
  }
  isKindInformative(): boolean {
    return this.kind === ChunkKind.Informative;
  }
  isKindResultType(): boolean {
    return this.kind === ChunkKind.ResultType;
  }
  toString(): string {
    return `{'${this.spelling}', ${this.kind}}`;
  }
}

/** The text to insert, in chunks. */
export class CompletionString implements Iterable<CompletionChunk> {
  readonly #string: number;
  readonly #results: object;

  constructor(string: number, results: object) {
    this.#string = string;
    this.#results = results;
  }

  get num_chunks(): number {
    return lib().clang_getNumCompletionChunks(this.#string);
  }
  /** @throws RangeError after the last chunk. */
  at(index: number): CompletionChunk {
    if (!Number.isInteger(index) || index < 0 || index >= this.num_chunks) {
      throw new RangeError(`CompletionString: there is no chunk ${index}; there are ${this.num_chunks}`);
    }
    return new CompletionChunk(this.#string, index, this.#results);
  }
  *[Symbol.iterator](): Generator<CompletionChunk> {
    for (let i = 0; i < this.num_chunks; i++) yield this.at(i);
  }
  /** Smaller means more likely. */
  get priority(): number {
    return lib().clang_getCompletionPriority(this.#string);
  }
  get availability(): Kind {
    return AvailabilityKind.from_id(lib().clang_getCompletionAvailability(this.#string));
  }
  get briefComment(): string {
    return text(lib().clang_getCompletionBriefComment(this.#string));
  }
  toString(): string {
    const chunks = [...this].join(" || ");
    return `${chunks} || Priority: ${this.priority} || Availability: ${titleOf(this.availability)} || Brief comment: ${this.briefComment}`;
  }
}

export class CodeCompletionResult {
  readonly kind: CursorKind;
  readonly string: CompletionString;
  constructor(kind: CursorKind, string: CompletionString) {
    this.kind = kind;
    this.string = string;
  }
  toString(): string {
    return this.string.toString();
  }
}

/** All completions at a place; they are valid as long as this object lives. */
export class CodeCompletionResults {
  readonly #owned: Ownership<Pointer<CXCodeCompleteResults>>;
  readonly #unit: Unit;

  /** @internal Made by `TranslationUnit.codeComplete`. */
  constructor(pointer: Pointer<CXCodeCompleteResults>, unit: Unit) {
    this.#unit = unit;
    this.#owned = new Ownership(this, "the list of completions", pointer, (raw) =>
      lib().clang_disposeCodeCompleteResults(raw),
    );
  }

  get results(): CodeCompletionResult[] {
    const { Results, NumResults } = this.#owned.pointer.contents;
    return Array.from({ length: NumResults }, (_, i) => {
      const raw = Results?.at(i);
      const string = new CompletionString(raw?.CompletionString ?? 0, this);
      return new CodeCompletionResult(CursorKind.from_id(raw?.CursorKind ?? 0), string);
    });
  }
  get diagnostics(): Diagnostic[] {
    const count = lib().clang_codeCompleteGetNumDiagnostics(this.#owned.pointer);
    return Array.from({ length: count }, (_, i) => {
      const raw = lib().clang_codeCompleteGetDiagnostic(this.#owned.pointer, i);
      if (raw === null) throw new RangeError(`CodeCompletionResults: there is no diagnostic ${i}`);
      return new Diagnostic(raw, this.#unit);
    });
  }
  dispose(): void {
    this.#owned.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** As cindex prints it: "Available", "NotAvailable". */
function titleOf(kind: Kind): string {
  return kind.name
    .toLowerCase()
    .replace(/(^|_)([a-z])/g, (_, _between: string, letter: string) => letter.toUpperCase());
}
