/**
 * What an ABI answers. One folder a platform ABI stands beside this file, chosen once in `index.ts`; nobody else knows
 * registers.
 */
import type { RawType, ScalarType, Signature } from "../types.ts";

/**
 * A type in libffi's terms. `size` and `align` are given beforehand, so libffi derives nothing itself; `elements` only
 * decide how it travels (libffi knows no unions, no packed structures and no 128-bit integers, so the ABI words them
 * another way).
 */
export interface FfiType {
  readonly size: number;
  readonly align: number;
  readonly elements: readonly (FfiScalar | FfiType)[];
}

/** The scalars libffi knows by name. */
export type FfiScalar = Exclude<ScalarType, "bool" | "number" | "sint128" | "uint128" | "cfloat" | "cdouble">;

/** One argument of a call through libffi. */
export interface FfiArgument {
  /** The parameter whose slot holds it. */
  readonly slot: number;
  /** Whether the slot holds its address. */
  readonly isWide: boolean;
  /**
   * C gets the address of a copy, which is made like any other: libffi is told of a pointer, and `type` says what to
   * copy.
   */
  readonly isReference?: boolean;
  /** The slot holds a double, and C gets the integer it is. */
  readonly isNumber?: boolean;
  readonly type: FfiScalar | FfiType;
}

export type StubKind = "plain" | "leaf" | "switching" | "throwing";

/**
 * How V8's fast calls pass an argument, and get a result. A `float` they pass as a double; in the frame it is a float.
 */
export type HandoverKind = "int32" | "uint32" | "double" | "float";

/** A leaf stub that has its arguments, and gives its result, as V8's fast calls do. */
export interface Handover {
  readonly code: Uint8Array;
  /** Which argument is handed over first, second … */
  readonly order: readonly number[];
  /** How, in that order. */
  readonly parameters: readonly HandoverKind[];
  readonly result: HandoverKind | "void";
}

/**
 * One call of a chain: the slot of the chain's memory at which its frame begins, and the slots that are copied before
 * it.
 */
export interface ChainLink {
  readonly frame: number;
  readonly copies: readonly (readonly [from: number, to: number])[];
  /** The chain ends after this call unless the low 32 bits of its result are these; null when it goes on. */
  readonly goesOnWith: number | null;
}

export interface Abi {
  /** As its document calls it. */
  readonly name: string;
  /**
   * Position-independent machine code of a function `void stub(void)` that makes one call of `signature` out of the
   * frame at `frameAddress`; null when this signature must go through libffi. `errno` is not the stub's business.
   *
   * Without a `frameAddress` the function is `void stub(uint64_t *frame)`: for calls that another thread makes.
   *
   * A leaf stub sets the frame's `LEAF` to 1. A switching stub (`native/stack.cc`) saves the registers that are its
   * caller's, and makes the call on C's part of the stack; it has a `frameAddress`, and is entered by way of `writeGo`.
   *
   * A throwing stub, which has a `frameAddress`, is a function `void stub(const void *callSite)`: C is called there
   * (`native/callsite.cc`), and not by the stub itself, so exceptions of C++ pass no code without an unwind table.
   */
  writeStub(signature: Signature, frameAddress: number | null, kind: StubKind): Uint8Array | null;
  /**
   * Whether the machine code of a function, from its first byte on, shows that it calls nothing. It may return a false
   * negative.
   */
  callsNothing(code: Uint8Array): boolean;
  /**
   * A leaf stub that is handed its arguments by V8, after a receiver; null when there is none for this signature.
   */
  writeHandover(signature: Signature, frameAddress: number): Handover | null;
  /**
   * `void go(void)`, which enters the switching stub, or what else has its address in the frame's `ENTRY`; null where
   * there are none.
   */
  writeGo(frameAddress: number): Uint8Array | null;
  /**
   * Position-independent machine code of a function `void chain(void)` that calls, one after the other, the stubs whose
   * addresses stand in the `ENTRY` slots of the links' frames, with these frames. A leaf chain sets `LEAF` of the frame
   * at `frameAddress` to 1 meanwhile.
   */
  writeChain?(frameAddress: number, isLeaf: boolean, memory: number, links: readonly ChainLink[]): Uint8Array;
  /**
   * Position-independent machine code that is called as a C function of `signature`, by way of a thunk
   * (`native/thunk.cc`): it puts the arguments into the slots of a callback's frame, calls the closure's handler, and
   * returns what that left. Null when libffi must do it.
   */
  writeClosureStub(signature: Signature): Uint8Array | null;
  /** What libffi must be told of a result. */
  lowerResult(type: RawType): FfiScalar | FfiType;
  /**
   * What libffi must be told of the parameters, in order. One without a place, such as an empty structure, is left out;
   * one that libffi would misplace may have another in front of it.
   */
  lowerParameters(signature: Signature): FfiArgument[];
  /**
   * What libffi of `version` (30800 is 3.8.0; 0 is one before 3.5, which does not say) does wrong in calls, or
   * closures, of `signature` however it is told of them; null when nothing is known. What is found by comparing it with
   * a compiler becomes a rule here: a wrong value is worse than an error.
   */
  libffiFault(signature: Signature, role: "call" | "closure", version: number): string | null;
}
