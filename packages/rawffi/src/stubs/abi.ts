/**
 * The interface of an ABI. Each platform ABI has a folder beside this file; `index.ts` chooses one at load time.
 * Nothing else knows registers.
 */
import type { RawType, ScalarType, Signature } from "../types.ts";

/**
 * A type in libffi's terms. `size` and `align` are set in advance, so libffi derives neither; `elements` only decide
 * how the value travels (libffi knows no unions, packed structures or 128-bit integers, so the ABI describes them
 * another way).
 */
export interface FfiType {
  readonly size: number;
  readonly align: number;
  readonly elements: readonly (FfiScalar | FfiType)[];
}

/** The scalars libffi knows by name. */
export type FfiScalar = Exclude<ScalarType, "bool" | "number" | "sint128" | "uint128">;

/** One argument of a call through libffi. */
export interface FfiArgument {
  /** The parameter whose slot holds it. */
  readonly slot: number;
  /** Whether the slot holds its address. */
  readonly isWide: boolean;
  /** C gets the address of a copy, which we make: libffi passes a pointer, and `type` says what to copy. */
  readonly isReference?: boolean;
  /** The slot holds a double, and C gets its integer value. */
  readonly isNumber?: boolean;
  readonly type: FfiScalar | FfiType;
}

export type StubKind = "plain" | "leaf" | "switching" | "throwing";

/**
 * How V8's fast calls pass an argument or return a result. They pass a `float` as a double; in the frame it is a float.
 */
export type HandoverKind = "int32" | "uint32" | "double" | "float";

/** A leaf stub that takes its arguments and returns its result as V8's fast calls do. */
export interface Handover {
  readonly code: Uint8Array;
  /** Which argument is handed over first, second … */
  readonly order: readonly number[];
  /** How each is passed, in that order. */
  readonly parameters: readonly HandoverKind[];
  /**
   * `word`: 64 bits, in the frame's `RESULT`, and returned as the double nearest to them as a signed integer. Of an
   * integer narrower than 32 bits the bits above it are undefined.
   */
  readonly result: HandoverKind | "word" | "void";
}

/**
 * One call of a chain: the slot of the chain's memory at which its frame begins, and the slots that are copied before
 * the call.
 */
export interface ChainLink {
  readonly frame: number;
  readonly copies: readonly (readonly [from: number, to: number])[];
  /**
   * The chain ends after this call unless the low 32 bits of its result are equal to this; with null it always goes on.
   */
  readonly goesOnWith: number | null;
}

export interface Abi {
  /** The name that its specification has for it. */
  readonly name: string;
  /**
   * Position-independent machine code of a function `void stub(void)` that makes one call of `signature` from the frame
   * at `frameAddress`; null when this signature must go through libffi. The stub does not handle `errno`.
   *
   * Without a `frameAddress` the function is `void stub(uint64_t *frame)`: for calls that another thread makes.
   *
   * A leaf stub sets the frame's `LEAF` to 1. A switching stub (`native/stack.cc`) saves the call-saved registers and
   * makes the call on C's part of the stack; it has a `frameAddress`, and is entered through the code of `writeGo`.
   *
   * A throwing stub, which has a `frameAddress`, is a function `void stub(const void *callSite)`. Not the stub but the
   * call site (`native/callsite.cc`) calls C, so that C++ exceptions pass no code without an unwind table.
   */
  writeStub(signature: Signature, frameAddress: number | null, kind: StubKind): Uint8Array | null;
  /**
   * Whether the machine code of a function, from its first byte on, shows that it calls nothing. May return a false
   * negative.
   */
  callsNothing(code: Uint8Array): boolean;
  /**
   * A leaf stub to which V8 hands the arguments, after a receiver; null when there is none for this signature. With an
   * `errnoAddress`, the errno there is swapped with the frame's during the call.
   */
  writeHandover(signature: Signature, frameAddress: number, errnoAddress: number | null): Handover | null;
  /**
   * Code of a function `void go(void)` that enters the switching stub, or any other code whose address is in the
   * frame's `ENTRY`; null where there are no switching stubs.
   */
  writeGo(frameAddress: number): Uint8Array | null;
  /**
   * Position-independent machine code of a function `void chain(void)` that calls, one after the other, the stubs whose
   * addresses are in the `ENTRY` slots of the links' frames, with these frames. A leaf chain sets `LEAF` of the frame
   * at `frameAddress` to 1 while it runs.
   */
  writeChain?(frameAddress: number, isLeaf: boolean, memory: number, links: readonly ChainLink[]): Uint8Array;
  /**
   * Position-independent machine code that C calls through a thunk (`native/thunk.cc`) as a function of `signature`: it
   * puts the arguments into the slots of a callback's frame, calls the closure's handler, and returns the result that
   * the handler left. Null when libffi must do it.
   */
  writeClosureStub(signature: Signature): Uint8Array | null;
  /** The description of a result for libffi. */
  lowerResult(type: RawType): FfiScalar | FfiType;
  /**
   * The descriptions of the parameters for libffi, in order. A parameter that takes no place, such as an empty
   * structure, is left out; one that libffi would misplace may get padding before it.
   */
  lowerParameters(signature: Signature): FfiArgument[];
  /**
   * What libffi of `version` (30800 is 3.8.0; 0 is any before 3.5, which does not report its version) does wrong in
   * calls or closures of `signature`, however they are described to it; null when no fault is known. Each difference
   * from a compiler becomes a rule here: a wrong value is worse than an error.
   */
  libffiFault(signature: Signature, role: "call" | "closure", version: number): string | null;
}
